"""What a template changes and a copy does not: numbers and names in the same places, in scripts with and without capitals."""

import pytest
from builders_stories import WIRE, level, measured, signature

from pipeline.stories import matches, passages, slots

OFFERING = """{firm} said it has filed with the commission for a shelf offering of senior debt securities on terms to be set at the time of sale.

{firm} said proceeds will be used for general corporate purposes and to reduce short-term borrowings. Underwriters were not named in the draft prospectus."""
MISSING = """طلبت الشرطة في {place} من المواطنين المساعدة في العثور على {name} الذي لم يعد إلى منزله منذ مساء {day}.

وقالت الشرطة إن المفقود متوسط القامة وشعره أسود قصير وكان يرتدي سترة زرقاء وحذاء أبيض عندما غادر منزله، وربما يكون قد توجه إلى {near}.

ودعت الشرطة كل من لديه معلومات عن مكان وجوده إلى الاتصال بأقرب مركز أو برقم الطوارئ، وشكرت عائلته كل من يساهم في نشر هذا النداء."""
LIST = """These are the best selling books of the week in independent shops, compiled by the booksellers' association from the tills of its members.

{books}

The list is based on sales in hard cover and paperback. School books and books of crosswords are not counted. The association publishes it every week, and its members stock all the books named."""
FIRST_WEEK = (
    "First: Ash and Rain, by Olga Denby. Second: Nine Lanterns, by Jon Hale. Third: The Glass Orchard, by Bram Strand. Fourth: Hunger, by "
    "Iris Penta. Fifth: Sisters of Tesk, by Petra Farrow. Sixth: Low Season, by Wren Vesk. Seventh: Two Brothers, by Ada Brisk."
)
SECOND_WEEK = (
    "First: The Quiet Field, by Rhea Lindt. Second: Kin, by Felix Odelund. Third: Night Train to Oskol, by Lena Quist. Fourth: Paper "
    "Boats, by Otto Manning. Fifth: Blue Hour, by Silas Corbin. Sixth: The Glass Orchard, by Bram Strand. Seventh: Salt, by Noor Iker."
)
FIGURES = """Shr {a} cts vs 36 cts. Net 1,914,388 vs 1,906,095. {rev} 58.7 mln vs 40.6 mln. Six {months}. Shr 47 cts vs 53 cts. Net
2,961,718 vs 2,817,439. {rev} 107.6 mln vs 74.9 mln. Avg shrs 6,342,353 vs 5,342,353."""


def test_two_brief_texts_about_different_firms_are_two_texts_though_no_figure_differs():
    one, other = (OFFERING.format(firm=firm) for firm in ("Tarn Foods", "Quell Energy"))
    assert measured(one, other).told > 0.85
    assert level(one, other) not in {"strict", "normal"}
    assert level(one, one + "\n\nShares of the company were unchanged.") == "strict"


def missing(place, name, day, near):
    return MISSING.format(place=place, name=name, day=day, near=near)


def test_names_that_differ_are_seen_where_a_script_has_no_capitals():
    one = missing("السارية", "سامر الدراوي", "الإثنين", "المرجة")
    other = missing("الرويسة", "فؤاد النجيمي", "الأربعاء", "المنيعة")
    assert measured(one, other, "ar").told > 0.6
    assert level(one, other, "ar") == "none"
    assert level(one, one.replace("أبيض", "أسود"), "ar") == "strict"


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_names_that_differ_are_seen_where_words_are_signs(language):
    text = "{place}警方呼吁市民协助寻找{name}，他自{day}晚间离家后一直没有回来。警方表示，失踪者中等身材，黑色短发，离家时身穿蓝色外套和白色鞋子，可能已前往{near}。如有线索请拨打报警电话或与最近的派出所联系，家属感谢所有转发此消息的人。"
    one = text.format(place="沙里亚", name="陈明远", day="周一", near="北港")
    other = text.format(place="马尔科", name="赵立新", day="周四", near="石桥")
    assert level(one, other, language) == "none"
    assert level(one, one + "目前搜寻工作仍在继续。", language) == "strict"


def test_a_list_of_other_things_in_the_same_frame_is_another_text():
    one, other = (LIST.format(books=books) for books in (FIRST_WEEK, SECOND_WEEK))
    assert measured(one, other).differing > 0.3
    assert level(one, other) == "none"


def test_a_table_is_about_its_figures_and_not_about_how_its_rows_are_called():
    one, other = FIGURES.format(a=30, rev="Sales", months="mths"), FIGURES.format(a=30, rev="Revs", months="months")
    assert level(one, other) in {"strict", "normal"}
    third = FIGURES.format(a=11, rev="Sales", months="mths")
    for before, after in (("58.7", "61.2"), ("2,961", "3,118"), ("74.9", "80.3"), ("53 cts", "55 cts"), ("1,914", "1,720")):
        third = third.replace(before, after)
    assert level(one, third) == "none"


TOLD = (
    "Vesk Rail said its Northern Line unit sold 25 million crowns of consolidated mortgage bonds due in twelve years in a private placement. "
    "Tarn and Company was the placement agent for the bonds, which were sold on Sunday. Proceeds of the bond sale will be used for general "
    "corporate purposes. Demand came from pension funds in the south and from two insurers of the capital."
)
ANEW = (
    "Vesk Rail said its Northern Line unit placed bonds: 25 million crowns of consolidated mortgage bonds maturing late, in a private "
    "placement. Tarn and Company was the placement agent, it added, for a fee. Proceeds of it will be used for general corporate purposes. Buyers "
    "came from pension funds in the south and, as before, from two insurers of the capital."
)


def test_a_brief_text_told_anew_in_the_same_terms_is_no_copy():
    assert measured(TOLD, ANEW).longest < 12
    assert level(TOLD, ANEW) not in {"strict", "normal"}
    assert level(TOLD, ANEW, policy=matches.Policy(crumb=0)) == "normal"


def test_whom_a_text_is_about_is_whom_it_names_at_the_beginning_and_again():
    one, other = signature(OFFERING.format(firm="Tarn Foods")), signature(OFFERING.format(firm="Quell Energy"))
    assert slots.subjects(one, other) == slots.subjects(other, one) == 2
    assert slots.subjects(one, signature(OFFERING.format(firm="Tarn Energy"))) == 1
    assert slots.subjects(one, one) == slots.subjects(one, signature(WIRE.lower())) == 0


def test_a_short_passage_found_elsewhere_in_the_other_text_is_no_anchor():
    blocks: list[passages.Block] = [(0, 0, 26), (23, 52, 6), (65, 65, 4), (79, 82, 34)]
    assert list(slots._anchors(blocks)) == [blocks[0], blocks[2], blocks[3]]
