"""What is the same text and what is not: each hard case of the trade, with invented news."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from builders_stories import OTHER_AGENCY, SPEECH, THIRD, UNRELATED, WIRE, cut, level, measured, paragraphs, signature
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stories import boilerplate, matches

COPIES = {"strict", "normal"}
DAY = timedelta(days=1)


def test_the_same_text_is_shared_whole_both_ways():
    match = measured(WIRE, WIRE)
    assert (match.left_in_right, match.right_in_left, match.told, match.lead, match.differing) == (1, 1, 1, 1, 0)
    assert level(WIRE, WIRE) == "strict"


def test_two_unrelated_texts_share_next_to_nothing():
    assert level(WIRE, UNRELATED) == "none"


def test_a_copy_trimmed_to_a_third_matches():
    third = cut(WIRE, 0, 4)
    assert level(third, WIRE) == "strict"
    match = measured(third, WIRE)
    assert match.left_in_right == 1
    assert 0.25 < match.right_in_left < 0.45


def test_a_stub_of_three_paragraphs_matches():
    assert level(cut(WIRE, 0, 3), WIRE) == "strict"


def test_a_third_of_wire_beside_own_reporting_matches():
    """Only the loose dial says so where the other text is most of both; here the wire's third is found in a page twice as long."""
    mixed = f"{cut(THIRD, 0)}\n\n{cut(WIRE, 0, 4)}"
    match = measured(mixed, WIRE)
    assert 0.3 < match.left_in_right < 0.6
    assert level(mixed, WIRE) in {"normal", "loose"}


@pytest.mark.parametrize(
    "edited",
    [
        WIRE.replace("cancelled", "canceled").replace("1.7 million", "1.7m").replace("4,200", "4200"),
        WIRE.replace('"', "”").replace("OSTRAVEN (NPA) - ", "By our correspondent in Ostraven. "),
        WIRE.replace("é", "Ã©").replace("'", "’"),
        "\n\n".join(reversed(paragraphs(WIRE))),
        "\n\n".join(paragraphs(WIRE)[:2] + paragraphs(WIRE)[3:]),
        WIRE.replace("\n\n", " "),
        WIRE + "\n\n" + cut(UNRELATED, 4),
    ],
    ids=["spelling", "quotes and dateline", "apostrophes", "reordered", "a paragraph dropped", "paragraphs merged", "a local paragraph"],
)
def test_what_desks_do_leaves_a_copy(edited):
    assert level(edited, WIRE) == "strict"


def test_a_new_lead_and_newer_numbers_leave_a_copy():
    later = "Norlink and its crews agreed late on Tuesday to meet again, as the strike entered its second day.\n\n" + cut(WIRE, 1).replace(
        "380", "412"
    )
    assert level(later, WIRE) in COPIES


def test_a_correction_that_changes_one_number_is_the_same_text():
    assert level(WIRE.replace("4,200", "4,020"), WIRE) == "strict"


def test_the_same_event_told_by_two_agencies_is_two_texts():
    assert level(WIRE, OTHER_AGENCY) == "none"


def test_a_round_up_that_holds_the_beginning_of_a_text_is_no_copy_of_it():
    page = "\n\n".join([cut(UNRELATED, 0, 5), cut(WIRE, 0, 4), cut(THIRD, 0, 4), cut(OTHER_AGENCY, 2)])
    match = measured(WIRE, page)
    assert match.lead == 1
    assert 0.2 < min(match.left_in_right, match.right_in_left) < matches.Policy().both
    assert level(WIRE, page) not in COPIES
    assert level(WIRE, cut(UNRELATED, 0, 1) + "\n\n" + cut(WIRE, 0, 4)) in COPIES


# --- what two different texts may share ---

REPORT_A = cut(UNRELATED, 0, 3).replace("LIMAR (NPA) - ", "") + "\n\nThe president spoke that evening.\n\n" + SPEECH
REPORT_B = cut(THIRD, 0, 3).replace("DAKHET (NPA) - ", "") + "\n\nThis is what he said.\n\n" + SPEECH


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ('"', '"'), ("«", "»"), ("„", "“")])
def test_two_stories_that_quote_one_speech_are_two_texts(opening, closing):
    left, right = (text.replace("“", opening).replace("”", closing) for text in (REPORT_A, REPORT_B))
    assert measured(left, right).left_in_right > 0.3
    assert level(left, right) == "none"


def test_a_speech_whose_marks_were_lost_on_one_side_is_still_a_quotation():
    assert level(REPORT_A, REPORT_B.replace("“", "").replace("”", "")) == "none"


def test_a_sentence_of_background_beside_a_shared_speech_does_not_make_copies():
    background = (
        "The reservoirs were built forty years ago after a drought that emptied two districts, and they feed the fields of the south "
        "through a canal of ninety kilometres that has never been repaired."
    )
    left, right = (f"{text}\n\n{background}" for text in (REPORT_A, REPORT_B))
    match = measured(left, right)
    assert match.shared >= matches.Policy().shared
    assert match.told < 0.4 < match.left_in_right
    assert level(left, right) == "none"


def test_two_copies_of_a_text_that_is_mostly_quotation_are_copies():
    assert level(REPORT_A, REPORT_A.replace("spoke that evening", "spoke on Monday evening")) == "strict"


LOTTERY = """Drawn on {day}:

Pick 3: {a}-{b}-{c}. Pick 4: {d}-{a}-{e}-{b}. Cash 5: {f}-{g}-{h}-{i}-{j}, estimated jackpot: {k},000 crowns. Big Wheel: {l}-{m}-{n}-{o}, Wheel Ball: {p}.

Players have ninety days from the date of the draw to claim their prizes at the offices of the lottery or from any licensed shop. The odds of each game are printed on the back of the ticket, and tickets are on sale until an hour before the draw. Nobody under eighteen may buy a ticket or claim a prize."""
BANK = """The central bank of Vesk set the reference rate of the mark at {a} against the dollar on {day}, compared with {b} on the day before.

It accepted bids worth {c} million marks at its auction of {d}-day bills, out of bids of {e} million, at an average yield of {f} percent. The yield was {g} percent at the previous auction. Bills worth {h} million fall due this week.

The next auction will be held at the bank's head office, and bids must be handed in by eleven in the morning, the bank said in a statement on its website."""


def filled(template: str, day: str, shift: int) -> str:
    figures = {sign: 11 + (place * 17 + shift * 29) % 83 for place, sign in enumerate("abcdefghijklmnop")}
    return template.format(day=day, **figures)


@pytest.mark.parametrize("template", [LOTTERY, BANK], ids=["lottery", "central bank"])
@pytest.mark.parametrize("days", [0, 1, 7])
def test_a_template_with_other_numbers_is_another_text(template, days):
    assert level(filled(template, "Monday", 1), filled(template, "Tuesday", 2), apart=days * DAY) == "none"


@pytest.mark.parametrize("template", [LOTTERY, BANK], ids=["lottery", "central bank"])
def test_a_copy_of_a_templated_text_is_a_copy(template):
    text = filled(template, "Monday", 1)
    assert level(text, text + "\n\nGood luck to all who play.", apart=timedelta(hours=2)) == "strict"


def test_a_reprint_weeks_later_is_a_copy_only_if_it_is_nearly_whole():
    assert level(WIRE, WIRE, apart=20 * DAY) == "strict"
    half = "\n\n".join([cut(UNRELATED, 0), cut(WIRE, 0, 7)])
    assert level(WIRE, half, apart=DAY) in COPIES
    assert level(WIRE, half, apart=20 * DAY) == "none"


# --- boilerplate ---

FOOTER = (
    "Sign up to our morning letter and never miss what matters on the coast. Reporting like this takes time and money and we ask those who "
    "can afford it to support the paper with a small sum every month. The editors of this page may be reached at the address printed below "
    "and letters from readers are published on Saturdays unless their writers ask us not to print them."
)


def title_of(*texts: str):
    learnt = boilerplate.learn([signature(f"{text}\n\n{FOOTER}") for text in texts])
    return [signature(f"{text}\n\n{FOOTER}", boilerplate=learnt) for text in texts]


def test_what_a_title_prints_under_every_text_weighs_nothing():
    signed = title_of(cut(WIRE, 0, 2), cut(UNRELATED, 0, 2), cut(THIRD, 0, 2), cut(OTHER_AGENCY, 0, 2))
    assert all(matches.compare(one, other) is None for one in signed for other in signed if one is not other)
    match = matches.measure(signed[0], signature(cut(WIRE, 0, 2)))
    assert (match.left_in_right, match.right_in_left) == (1, 1)


def test_a_page_of_boilerplate_only_matches_nothing():
    learnt = boilerplate.learn([signature(f"{text}\n\n{FOOTER}") for text in (WIRE, UNRELATED, THIRD)])
    bare = signature(f"Watch the video above.\n\n{FOOTER}", boilerplate=learnt)
    assert bare.sample == ()
    assert matches.compare(bare, bare) is None


def test_a_text_that_a_title_ran_at_three_addresses_is_not_its_boilerplate():
    assert boilerplate.learn([signature(WIRE), signature(WIRE + "\n\nUpdated at noon."), signature(cut(WIRE, 0, 11))]) == frozenset()


def test_the_same_text_is_the_same_whatever_one_of_two_titles_has_learnt():
    """A title that has printed three paragraphs of background every day takes them for its own; they weigh nothing on both sides."""
    learnt = frozenset(signature(cut(WIRE, 6, 9)).shingles)
    for pair in ((signature(WIRE, boilerplate=learnt), signature(WIRE)), (signature(WIRE), signature(WIRE, boilerplate=learnt))):
        match = matches.measure(*pair)
        assert (match.left_in_right, match.right_in_left, match.told) == (1, 1, 1)
        assert match.left_words == match.right_words < len(signature(WIRE).tokens)


def test_a_snapshot_is_what_was_learnt_and_is_known_by_its_version():
    signed = [signature(f"{text}\n\n{FOOTER}") for text in (WIRE, UNRELATED, THIRD)]
    snapshot = boilerplate.snapshot(signed)
    assert snapshot.shingles == boilerplate.learn(signed) != frozenset()
    assert boilerplate.unpack(boilerplate.pack(snapshot)) == snapshot == boilerplate.snapshot(signed[::-1])
    assert -(2**63) <= snapshot.version < 2**63
    assert snapshot.version != boilerplate.snapshot([*signed[:2], signature(f"{THIRD}\n\n{FOOTER[:200]}")]).version
    assert boilerplate.snapshot(signed[:2]) == boilerplate.unpack(b"") == boilerplate.NOTHING


def test_boilerplate_learnt_does_not_depend_on_order():
    signed = [signature(f"{text}\n\n{FOOTER}") for text in (WIRE, UNRELATED, THIRD, cut(WIRE, 0, 9))]
    assert len({boilerplate.learn(order) for order in (signed, signed[::-1], signed[2:] + signed[:2])}) == 1


def test_a_caption_that_two_galleries_share_does_not_make_them_copies():
    caption = "A dog waits beside the empty quay at Ostraven while its owner looks for the last boat to the islands on Monday morning."
    assert level(f"{UNRELATED}\n\n{caption}", f"{THIRD}\n\n{caption}") == "none"


# --- laws ---


@pytest.mark.parametrize("other", [WIRE, cut(WIRE, 0, 4), OTHER_AGENCY, REPORT_A, cut(WIRE, 2) + "\n\n" + cut(WIRE, 0, 5)])
def test_comparing_is_symmetric(other):
    one, two = signature(WIRE), signature(other)
    assert matches.measure(one, two, pair=(3, 9)) == matches.measure(two, one, pair=(9, 3))


def test_the_passages_of_a_match_are_the_same_words_on_both_sides():
    one, two = signature(cut(WIRE, 3, 9)), signature(cut(UNRELATED, 0, 2) + "\n\n" + WIRE)
    for pair in ((1, 2), (2, 1)):
        match = matches.measure(one, two, pair=pair)
        sides = {pair[0]: one, pair[1]: two}
        for left, right, length in match.passages:
            assert sides[match.left].tokens[left : left + length] == sides[match.right].tokens[right : right + length]
        assert all(left >= 0 <= right for left, right, _ in match.passages)
        assert match.longest == match.passages[0][2] == len(one.tokens)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 11), min_size=1, max_size=12), st.lists(st.integers(0, 11), min_size=1, max_size=12))
def test_shares_are_shares_and_symmetric_for_any_selection_of_paragraphs(first, second):
    left, right = ("\n\n".join(paragraphs(WIRE)[place] for place in places) for places in (first, second))
    one, two = signature(left), signature(right)
    match = matches.measure(one, two)
    assert match == matches.measure(two, one, pair=(1, 0))
    if match:
        assert all(0 <= share <= 1 for share in (match.left_in_right, match.right_in_left, match.told, match.lead, match.differing))


def test_a_stricter_dial_never_finds_more():
    texts = [WIRE, cut(WIRE, 0, 4), REPORT_A, cut(WIRE, 6) + "\n\n" + UNRELATED]
    strict = matches.Policy(told=(0.9, 0.9, 0.9))
    for one in texts:
        for two in texts:
            if level(one, two) == "none":
                assert matches.compare(signature(one), signature(two), policy=strict) is None


def test_two_scripts_are_never_compared():
    assert matches.measure(signature(WIRE), signature("渡轮工人周一罢工。" * 20, "zh")) is None


# --- other languages ---

GERMAN = """Im Hafen von Ostraven haben am Montag rund 380 Seeleute die Arbeit niedergelegt und damit den Fährverkehr zu sechs Inseln lahmgelegt. Nach Angaben der Gewerkschaft soll der Ausstand bis Donnerstag dauern, sofern die Reederei ihren Dienstplan nicht zurücknimmt.

Die Reederei beziffert den Schaden auf 1,7 Millionen Kronen je Streiktag und hat zwei Katamarane gemietet, die Arzneimittel und Post zu den äußeren Inseln bringen sollen. Vor dem Terminal bildeten sich schon vor Sonnenaufgang lange Schlangen, Familien schliefen auf ihrem Gepäck.

Verkehrsminister Strand will sich am Dienstagabend mit beiden Seiten getrennt treffen, wie sein Haus mitteilte. Die Krankenhäuser der Inseln haben Eingriffe verschoben, die nicht dringend sind, und die Schulen unterrichten aus der Ferne."""
ARABIC = """أعلن عمال العبّارات في ميناء أوسترافن الإضراب عن العمل يوم الإثنين، ما أدى إلى تعطّل حركة الركاب والبضائع إلى ست جزر بعد انهيار المحادثات حول نوبات الليل فجرًا.

وقالت النقابة إن ثلاثمئة وثمانين من أعضائها شاركوا في الإضراب الذي سيستمر حتى يوم الخميس على الأقل ما لم تسحب الشركة جدول العمل الذي نشرته في شباط.

وقالت الشركة إن كل يوم من الإضراب يكلفها نحو مليون وسبعمئة ألف كرون، وإنها استأجرت مركبين لنقل الأدوية والبريد إلى الجزر البعيدة."""
CHINESE = """奥斯特拉文港的渡轮工人周一举行罢工，约四千二百名旅客滞留码头，通往六座岛屿的货运全部中断。工会表示，有三百八十名会员参加了罢工，除非公司撤回二月公布的排班表，否则罢工至少持续到周四。

公司称，罢工每天将造成约一百七十万克朗的损失，公司已经租用两艘双体船，向外岛运送药品和邮件。日出之前，码头就排起了长队，许多家庭睡在行李上，冷藏车司机在车尾出售即将变质的鱼和番茄。

交通部长定于周二晚上分别会见双方。岛上的医院推迟了不紧急的手术，学校改为远程授课，因为多数教师住在大陆。"""


@pytest.mark.parametrize(
    ("text", "language", "edited"),
    [
        (GERMAN, "de", GERMAN.replace("1,7 Millionen", "1,7 Mio.").replace("äußeren", "aeusseren")),
        (GERMAN, "de", cut(GERMAN, 0, 1)),
        (ARABIC, "ar", re.sub("[\u064b-\u0652]", "", ARABIC).replace("ى", "ي")),
        (ARABIC, "ar", cut(ARABIC, 0, 2)),
        (CHINESE, "zh", CHINESE.replace("，", ",").replace("。", ". ")),
        (CHINESE, "zh", cut(CHINESE, 0, 2)),
    ],
)
def test_copies_are_found_in_other_languages_and_scripts(text, language, edited):
    assert level(edited, text, language) == "strict"


def test_every_hard_case_has_texts_long_enough_to_be_sampled():
    assert all(signature(text).sample for text in (WIRE, UNRELATED, THIRD, OTHER_AGENCY, REPORT_A))
    assert signature("Three words only").sample == ()


# --- hard cases measured in benchmarks/copies_cases.py ---


def test_a_page_with_two_wires_holds_both_whole():
    page = WIRE + "\n\n" + UNRELATED
    assert level(WIRE, page) == level(UNRELATED, page) == "strict"
    assert level(WIRE, UNRELATED) == "none"


def test_two_stories_that_show_the_same_posts_are_two_texts():
    posts = "\n\n".join(
        f"Mara Brisk (@{name}) wrote on Monday: {said} pic.twitter.com/{name}"
        for name, said in zip(("mbrisk", "harbour"), paragraphs(OTHER_AGENCY)[:2], strict=True)
    )
    assert level(f"{cut(UNRELATED, 0, 4)}\n\n{posts}", f"{cut(THIRD, 0, 4)}\n\n{posts}") == "none"


def test_a_press_release_run_whole_under_two_leads_is_one_text_and_a_paragraph_of_it_makes_none():
    assert level(f"{cut(UNRELATED, 0, 1)}\n\n{WIRE}", f"{cut(THIRD, 0, 1)}\n\n{WIRE}") == "strict"
    assert level(f"{cut(UNRELATED, 0, 4)}\n\n{cut(WIRE, 2, 3)}", f"{cut(THIRD, 0, 4)}\n\n{cut(WIRE, 2, 3)}") not in COPIES


def test_a_gallery_cut_in_half_is_a_copy():
    captions = f"{WIRE}\n\n{UNRELATED}\n\n{THIRD}\n\n{OTHER_AGENCY}"
    assert level(captions, cut(captions, 0, 14)) == "strict"


def test_one_text_under_many_slugs_of_one_title_is_one_text():
    slugs = [signature(f"{WIRE}\n\n{FOOTER}", boilerplate=boilerplate.learn([signature(f"{WIRE}\n\n{FOOTER}")] * 4)) for _ in range(4)]
    assert all(matches.compare(slugs[0], other).level == "strict" for other in slugs[1:])
