"""What is kept of a text, and how candidates are found by it."""

from __future__ import annotations

import random
from array import array
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate, combinations

import pytest
import xxhash
from builders_stories import NOON, THIRD, UNRELATED, WIRE, cut, signature
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stories import candidates, quotations, signatures, vocabularies, words


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("The organisation's programme cost 1,200,000", "The organization’s program cost 1200000", "en"),
        ("rose 3.5 per cent", "rose 3.5%", "en"),
        ("stieg um 3,5 Prozent auf 1.200", "stieg um 3,5% auf 1200", "de"),
        ("colour and behaviour travelled", "color and behavior traveled", "en"),
        ("Orbán a déjeuné", "Orban a dejeune", "fr"),
        ("Straße", "Strasse", "de"),
        ("l'élève, mangÃ©", "l’élève, mangé", "fr"),
        ("المدرسة", "المَدرسه", "ar"),
        ("seven ships", "7 ships", "en"),
        ("ＡＢＣ　１２", "ABC 12", "ja"),
    ],
)
def test_two_house_styles_are_the_same_words(one, other, language):
    read = [
        [words.plain(word)[0] for word in words.pattern(words.clean(text, language)).findall(words.clean(text, language))]
        for text in (one, other)
    ]
    assert read[0] == read[1]


@pytest.mark.parametrize(("one", "other"), [("1.5 million", "15 million"), ("2019", "2,019.5"), ("four", "for"), ("advise", "advice")])
def test_words_that_mean_something_else_stay_different(one, other):
    assert [words.plain(word)[0] for word in one.split()] != [words.plain(word)[0] for word in other.split()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('He said "we shall not give up the harbour" and left.', '"we shall not give up the harbour"'),
        ("Il a dit : « nous ne rendrons pas le port, jamais » avant de partir.", "« nous ne rendrons pas le port, jamais »"),
        ("Er sagte: „Wir geben den Hafen niemals wieder her“, und ging.", "„Wir geben den Hafen niemals wieder her“"),
        (
            "“It opens with a mark and closes with the paragraph\n\nNarration follows.",
            "“It opens with a mark and closes with the paragraph",
        ),
        (
            "他说：「我们绝对不会放弃这个港口，永远不会放弃，绝不，这里是我们的家园。」然后离开。",
            "「我们绝对不会放弃这个港口，永远不会放弃，绝不，这里是我们的家园。」",
        ),
        ("She didn't see the crew's boats, it's said.", ""),
        ("“He said “Harbour News” was wrong about all of it,” she wrote.", "“He said “Harbour News” was wrong about all of it,”"),
        ('The so-called "harbour war" is over.', ""),
    ],
)
def test_quotations_are_told_from_narration(text, said):
    parts = quotations.split(text)
    assert "".join(part for part, _ in parts) == text
    assert "".join(part for part, quoted in parts if quoted) == said


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab \"“”„«»‘’'「」\n.", max_size=120))
def test_no_sign_of_a_text_is_lost_when_quotations_are_cut_out(text):
    assert "".join(part for part, _ in quotations.split(text)) == text


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["en", "de", "ar", "zh", "xx"]))
def test_any_text_can_be_signed_packed_and_unpacked(text, language):
    signed = signature(text, language)
    assert signatures.unpack(signatures.pack(signed)) == signed
    assert len(signed.flags) == len(signed.tokens)


def test_boilerplate_survives_packing():
    signed = signature(WIRE, boilerplate=frozenset(signature(cut(WIRE, 0, 1)).shingles))
    assert signatures.unpack(signatures.pack(signed)) == signed
    assert not set(signed.sample) & set(signature(cut(WIRE, 0, 1)).shingles)


def test_boilerplate_learnt_later_leaves_the_signature_it_would_have_made():
    learnt = frozenset(signature(cut(WIRE, 2, 4)).shingles)
    assert signatures.discount(signature(WIRE), learnt) == signature(WIRE, boilerplate=learnt) != signature(WIRE)
    assert signatures.discount(signature(WIRE, boilerplate=learnt), frozenset()) == signature(WIRE)


def test_a_signature_of_another_version_is_refused():
    with pytest.raises(ValueError, match="sign the text anew"):
        signatures.unpack(signatures.pack(replace(signature(), version=signatures.VERSION + 1)))


def test_another_deployment_has_other_shingles():
    mine, theirs = signature(WIRE), signatures.sign(WIRE, "en", seed=99)
    assert not set(mine.shingles) & set(theirs.shingles)


def test_shingles_and_samples_fit_a_signed_bigint():
    signed = signature(WIRE)
    assert len(signed.sample) == signatures.SAMPLE
    assert all(-(2**63) <= shingle < 2**63 for shingle in signed.shingles)


def test_a_stub_of_a_very_long_text_is_found():
    """A sample of one size would hold two of its shingles, or one, or none."""
    long = " ".join(f"word{random.Random(place).randrange(5000)}" for place in range(3000))
    for seed in range(20):
        whole, stub = (signatures.sign(text, "en", seed=seed) for text in (long, " ".join(long.split()[:200])))
        assert len(whole.sample) == signatures.MOST
        assert len(stub.sample) == signatures.SAMPLE
        assert candidates.pairs({1: whole.sample, 2: stub.sample}) == {(1, 2)}


def test_a_sample_holds_what_a_trimmed_copy_holds_too():
    """The lowest of all, not of some: whatever else stands on the page, a third of a text shares a third of its sample."""
    whole, third = set(signature(WIRE).sample), set(signature(cut(WIRE, 0, 4)).shingles)
    assert len(whole & third) >= len(whole) / 6


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab I'’-_.,1٣é中ไั한अ् \u3000\x1c\u200b\n", max_size=60), st.integers(1, 9))
def test_words_are_those_that_a_search_finds_and_shingles_those_of_each_window(text, seed):
    """Both are found in larger pieces than one, which may change no hash: signatures of many deployments are stored."""
    signed = signatures.sign(text, "xx", seed=seed)
    cleaned = words.clean(text, "xx")
    found = [words.plain(word) for word in words.pattern(cleaned).findall(cleaned)]
    assert signed.tokens == tuple(xxhash.xxh3_64_intdigest(word.encode(), seed) & 0xFFFFFFFF for word, _ in found)
    windows = range(len(found) - signed.width + 1)
    hashed = [xxhash.xxh3_64_intdigest(array("I", signed.tokens[at : at + signed.width]).tobytes()) for at in windows]
    assert signed.shingles == tuple(shingle - (shingle >> 63 << 64) for shingle in hashed)


def test_a_signature_stays_what_it_was():
    """What is stored was signed by earlier releases: where this fails, `signatures.VERSION` is to rise."""
    signed = signatures.sign(
        "Nine crews said: “We shall not sail before the harbour is paid, not one of us.” It’s 4,200 people.", "en", seed=7
    )
    whole = array("I", signed.tokens).tobytes() + signed.flags + array("q", signed.shingles).tobytes()
    assert xxhash.xxh3_64_hexdigest(whole) == "d39f24f13fed9781"


def test_what_nobody_prints_twice_is_not_remembered(monkeypatch):
    monkeypatch.setattr(vocabularies, "MOST", 50)
    vocabulary = vocabularies.of(1, words.pattern("a"))
    assert signatures.sign(WIRE, "en", seed=1).flags == signature(WIRE).flags
    signatures.sign(WIRE + "x" * 1000 + " " + ".x" * 1000, "en", seed=1)
    assert len(vocabulary) <= 50
    assert max(map(len, vocabulary)) <= vocabularies.LONGEST


def heard(lines: list[str], language: str) -> list[str]:
    cut_up = [(part, len(part.split()), quoted) for line in lines for part, quoted in quotations.split(line)]
    ends = list(accumulate(count for _, count, _ in cut_up))
    stretches = [(end - count, end, quoted) for (_, count, quoted), end in zip(cut_up, ends, strict=True)]
    voices = bytes(quotations.voices(word.strip(",.")) for part, _, _ in cut_up for word in part.split())
    said = quotations.hear(stretches, voices, language)
    return [part for (part, _, _), (start, end, _) in zip(cut_up, stretches, strict=True) if (start, end) in said]


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("The law is dead, long live the law! — Ada Brisk (@adabrisk) March 2, 2026", "en"),
        ("Our hearts are with the families tonight, whatever comes.", "en"),
        ("Wir trauern mit den Familien und werden sie nicht vergessen.", "de"),
        ("Nous pensons aux familles, et nous ne les oublierons pas.", "fr"),
        ("Nuestros pensamientos están con las familias esta noche.", "es"),
        ("Os nossos pensamentos estão com as famílias esta noite.", "pt"),
    ],
)
def test_a_line_in_somebodys_voice_is_told_from_narration_without_marks(line, language):
    assert heard([cut(WIRE, 0, 1), line, cut(WIRE, 3, 4)], language) == [line]


def test_a_column_in_the_first_person_is_narration():
    assert heard(["I have lived on the coast for years.", "We fish, and we mend our nets.", "The boats are old."], "en") == []


# --- candidates ---

TEXTS = {1: WIRE, 2: cut(WIRE, 0, 5), 3: UNRELATED, 4: UNRELATED + "\n\n" + cut(THIRD, 0, 1), 5: THIRD}
SAMPLES = {article: signature(text).sample for article, text in TEXTS.items()}


def test_copies_are_candidates_and_strangers_are_not():
    assert candidates.pairs(SAMPLES) == {(1, 2), (3, 4), (4, 5)}


def test_articles_too_far_apart_are_no_candidates():
    at = {article: NOON + timedelta(days=40 if article == 2 else 0) for article in SAMPLES}
    assert (1, 2) not in candidates.pairs(SAMPLES, at)
    assert (3, 4) in candidates.pairs(SAMPLES, at)


def test_a_shingle_in_very_many_articles_says_nothing():
    crowd = {article: (1, 2, 3, *(1000 * article + own for own in range(3))) for article in range(1, 101)}
    assert candidates.pairs(crowd) == frozenset()
    assert candidates.pairs({article: crowd[article] for article in (1, 2, 3)}) == {(1, 2), (1, 3), (2, 3)}


def test_a_text_in_very_many_articles_is_found_by_what_all_of_them_have():
    crowd = dict.fromkeys(range(100), (1, 2, 3)) | {200: (1, 2, 700, 800, 900), 300: (600,)}
    everybody = set(combinations([*range(100), 200], 2))
    assert candidates.pairs(crowd) == everybody
    assert candidates.pairs(crowd, dict.fromkeys(crowd, NOON)) == everybody
    assert candidates.pairs(crowd, inside={5}) == {pair for pair in everybody if 5 in pair}
    few = candidates.pairs(crowd, policy=candidates.Policy(most=10))
    assert few == {pair for pair in everybody if pair[0] < 10 and 200 not in pair}, "the first are looked at"
    apart = {article: NOON + timedelta(days=article) for article in crowd}
    assert (0, 31) not in candidates.pairs(crowd, apart)
    assert (0, 30) in candidates.pairs(crowd, apart), "within a window there are never too many"


def test_one_shared_shingle_is_chance():
    assert candidates.pairs({1: (1, 2, 3), 2: (3, 4, 5)}) == frozenset()


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.integers(1, 40), st.tuples(st.lists(st.integers(0, 9), max_size=8, unique=True), st.integers(0, 60)), max_size=14),
    st.integers(1, 3),
)
def test_pairs_share_enough_within_the_window_whichever_shingles_they_share(drawn, shared):
    policy = candidates.Policy(shared=shared, hot=100, window=timedelta(days=20))
    samples, at = {one: sample for one, (sample, _) in drawn.items()}, {one: NOON + timedelta(days=day) for one, (_, day) in drawn.items()}
    near = {pair for pair in combinations(sorted(samples), 2) if abs(at[pair[0]] - at[pair[1]]) <= policy.window}
    expected = {(left, right) for left, right in near if len(set(samples[left]) & set(samples[right])) >= shared}
    assert candidates.pairs(samples, at, policy=policy) == expected
