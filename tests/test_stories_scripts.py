"""Scripts without blanks between words are read sign by sign, Arabic in one form: copies are found, and other news is not."""

from __future__ import annotations

import pytest
from builders_stories import level, signature

from pipeline.stories import signatures, words

JAPANESE = (
    "オストラーベン港のフェリー乗組員が月曜日に職場を放棄し、約四千二百人の旅客が足止めされ、六つの島への貨物輸送が止まった。夜勤をめぐる協議が明け方に決裂したためで、組合は会社が勤務表を撤回しなければ木曜日まで続けるとしている。\n\n"
    "会社は一日あたりの損失を約百七十万クローネと見積もり、薬と郵便物を離島へ運ぶために双胴船を二隻借りた。桟橋には日の出前から長い列ができ、荷物の上で眠る家族の姿も見られた。\n\n"
    "運輸相は火曜日の夜に双方と別々に会う予定で、島の病院は急を要しない手術を延期し、学校は遠隔授業に切り替えた。"
)
JAPANESE_OTHER = (
    "リマールの美術館は月曜日、九十年にわたり地下室に置かれていた絵が宮廷画家オルソロの作品だと確認されたと発表した。緑の瓶を持つ若いガラス職人を描いたこの絵は、館長室の雨漏りする窓をふさぐために使われていた。\n\n"
    "修復を担当した専門家は昨年秋、ニスの下に署名を見つけ、エックス線写真で手と瓶の描き直しを確かめた。作品は五月から専用の部屋で公開される。"
)
KOREAN = (
    "오스트라벤 항구의 여객선 노동자들이 월요일 일손을 놓으면서 승객 약 사천이백 명의 발이 묶이고 섬 여섯 곳으로 가는 화물 운송이 멈췄다. 야간 근무를 둘러싼 협상이 새벽에 결렬된 데 따른 것이다.\n\n"
    "노조는 회사가 이월에 발표한 근무표를 철회하지 않으면 파업을 목요일까지 이어 가겠다고 밝혔다. 회사는 하루 손실을 백칠십만 크로네로 추산하고 약과 우편물을 나를 쌍동선 두 척을 빌렸다.\n\n"
    "교통부 장관은 화요일 저녁 양측을 따로 만날 예정이며 섬 병원들은 급하지 않은 수술을 미뤘다."
)
KOREAN_OTHER = (
    "리마르 미술관은 지하실에 구십 년 동안 걸려 있던 그림이 궁정 화가 오르솔로의 작품으로 확인됐다고 월요일 밝혔다. 초록색 병을 든 젊은 유리 장인을 그린 이 그림은 한때 비가 새는 창을 막는 데 쓰였다.\n\n"
    "복원 전문가들은 지난가을 광택제 아래에서 서명을 발견했고 미술관은 오월부터 따로 마련한 방에서 작품을 공개한다."
)
THAI = (
    "พนักงานเรือข้ามฟากที่ท่าเรือออสตราเวนหยุดงานเมื่อวันจันทร์ ทำให้ผู้โดยสารราวสี่พันสองร้อยคนติดค้างและการขนส่งสินค้าไปยังเกาะหกแห่งต้องหยุดลง หลังการเจรจาเรื่องกะกลางคืนล้มเหลวตอนรุ่งสาง\n\n"
    "สหภาพแรงงานระบุว่าการหยุดงานจะดำเนินไปอย่างน้อยจนถึงวันพฤหัสบดี หากบริษัทไม่ถอนตารางเวรที่ประกาศไว้ในเดือนกุมภาพันธ์ บริษัทได้เช่าเรือสองลำเพื่อขนยาและจดหมายไปยังเกาะรอบนอก\n\n"
    "รัฐมนตรีคมนาคมจะพบกับทั้งสองฝ่ายแยกกันในเย็นวันอังคาร ส่วนโรงพยาบาลบนเกาะเลื่อนการผ่าตัดที่ไม่เร่งด่วนออกไป"
)
THAI_OTHER = (
    "พิพิธภัณฑ์ในเมืองลิมาร์แถลงเมื่อวันจันทร์ว่าภาพวาดที่เก็บไว้ในห้องใต้ดินนานเก้าสิบปีเป็นผลงานของจิตรกรประจำราชสำนัก ภาพช่างแก้วหนุ่มถือขวดสีเขียวเคยถูกใช้ปิดหน้าต่างที่น้ำฝนรั่ว\n\n"
    "ผู้เชี่ยวชาญพบลายเซ็นใต้ชั้นน้ำมันเคลือบเมื่อฤดูใบไม้ร่วงปีที่แล้ว และจะนำภาพออกแสดงในห้องของตัวเองตั้งแต่เดือนพฤษภาคม"
)
ARABIC = (
    "أعلن عمال العبّارات في ميناء أوسترافن الإضراب عن العمل يوم الإثنين، ما أدى إلى تعطّل حركة الركاب والبضائع إلى ست جزر بعد انهيار المحادثات حول نوبات الليل فجرًا.\n\n"
    "وقالت الشركة إن كل يوم من الإضراب يكلفها نحو 1.7 مليون كرون، وإنها استأجرت مركبين لنقل الأدوية والبريد إلى الجزر البعيدة حتى نهاية الأسبوع."
)
ARABIC_OTHER = (
    "أعلن متحف في مدينة ليمار يوم الإثنين أن لوحة بقيت في قبوه تسعين عامًا هي من أعمال رسامة البلاط أورسولو، وأنها استُخدمت زمنًا لسد نافذة يتسرب منها المطر.\n\n"
    "ولاحظ المرممون في الخريف الماضي توقيعًا تحت طبقة الورنيش، وستُعرض اللوحة في قاعة خاصة ابتداء من أيار المقبل."
)
SCRIPTS = {"ja": (JAPANESE, JAPANESE_OTHER), "ko": (KOREAN, KOREAN_OTHER), "th": (THAI, THAI_OTHER), "ar": (ARABIC, ARABIC_OTHER)}


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_trimmed_copy_is_found_and_other_news_of_the_same_day_is_not(language):
    text, other = SCRIPTS[language]
    paragraphs = text.split("\n\n")
    assert level("\n\n".join(paragraphs[:-1]), text, language) == "strict"
    assert level(f"{other}\n\n{text}", text, language) in {"strict", "normal"}
    assert level(text, other, language) == "none"


@pytest.mark.parametrize("language", ["ja", "ko", "th"])
def test_signs_are_shingled_where_words_are_not_divided(language):
    text, _ = SCRIPTS[language]
    assert signature(text, language).width == signatures.SIGN_WIDTH
    assert signature(text.replace(" ", ""), language).sample == signature(text, language).sample


def test_a_name_in_another_script_does_not_change_how_a_text_is_read():
    assert signature("The painter 渡辺 showed her work in the hall. " * 6).width == signatures.WIDTH
    assert signature(JAPANESE + " NPA Reuters 2026", "ja").width == signatures.SIGN_WIDTH


def test_arabic_is_the_same_with_and_without_vowel_signs_stretching_and_persian_letters():
    written = ARABIC.replace("عمال", "عُمَّال").replace("الركاب", "الركـــاب").replace("ي", "ی").replace("1.7", "١.٧")
    assert written != ARABIC
    assert signature(written, "ar").tokens == signature(ARABIC, "ar").tokens


@pytest.mark.parametrize(("one", "other"), [("١٢٣", "123"), ("۴۵", "45"), ("४२", "42")])
def test_figures_of_every_script_are_the_same_numbers(one, other):
    assert words.plain(one) == words.plain(other) == (other, words.NUMBER)
