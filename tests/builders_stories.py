"""Complete copies, matches and invented news for tests of pipeline/stories."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from pipeline.records import Copy, Match
from pipeline.stories import matches, signatures

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEED = 20260302

WIRE = """OSTRAVEN (NPA) - Ferry workers in the port of Ostraven walked off the job on Monday, stranding some 4,200 passengers and halting freight to six islands after talks over night shifts collapsed at dawn.

The Seafarers' League said 380 of its members had joined the stoppage by 9 am and that it would last at least until Thursday unless the operator, Norlink, withdrew a roster it published in February.

"We have asked for nothing more than two nights of sleep in every four, and the company has answered with a calendar," the league's president, Marta Odelund, told reporters at the terminal.

Norlink said in an earnings call that each day of the strike would cost it about 1.7 million crowns, and that it had chartered two catamarans to carry medicine and mail to the outer islands.

Long queues formed at the terminal before sunrise, with families sleeping on luggage and drivers of refrigerated lorries trying to sell fish and tomatoes from the tailgate before they spoiled.

The dispute began in November, when the operator merged the crews of its three largest vessels and cut the number of engineers on night crossings from five to three, a change the league says breaks the safety code.

An inspector from the Maritime Board boarded the Aurelia, the biggest of the ferries, last month and found that rest hours had been recorded wrongly on 14 of 22 crossings that were examined.

The company disputes the finding and has appealed to the port tribunal, which is expected to hear the case in April behind closed doors at the request of both parties.

Tourism officials on Hallo, the largest of the islands, said that about a third of bookings for the spring holiday had been cancelled since the vote to strike was announced a week ago.

Hospitals on the islands have postponed operations that are not urgent, and schools on Vesk and Little Vesk will teach remotely because most of their teachers live on the mainland.

The government in the capital has so far declined to order the crews back to work, as it did during a similar stoppage four years ago, when a court later found the order unlawful.

Transport Minister Pavel Strand is due to meet both sides separately on Tuesday evening, his office said, adding that it would publish no statement before the meetings had ended."""

OTHER_AGENCY = """A strike by crews brought ferry traffic at Ostraven to a standstill on Monday, leaving thousands of travellers stuck on the quays and supermarkets on the islands warning of empty shelves by the middle of the week.

Union leaders accuse the shipping line Norlink of forcing sailors to work too many nights in a row. Negotiators had met for eleven hours at a hotel near the harbour before they gave up shortly after five in the morning.

Marta Odelund, who leads the seafarers, said that her members were exhausted and that no roster would be accepted which did not let them sleep. The walkout is planned to go on through Thursday.

A spokeswoman for the line called the action irresponsible. She said catamarans hired from a neighbouring country would take urgent goods across, weather permitting, and that passengers could claim refunds online.

On the island of Hallo, hotel owners spoke of a lost season. Many guests had already called off their holidays, the head of the local chamber of commerce said, and others were asking whether they could still get home.

It is the second big stoppage on the line in four years. The last one ended when ministers ordered sailors to return, a step that judges afterwards ruled to have been against the law."""

UNRELATED = """LIMAR (NPA) - A museum in the hill town of Limar said on Monday that it had identified a painting kept in its cellar for ninety years as the work of the court artist Benedetta Orsolo, who was thought to have left only three portraits.

The canvas, which shows a young glassmaker holding a green flask, was catalogued in 1936 as a copy of little value and was used for some time to cover a leaking window in the director's office.

Restorers who cleaned it last autumn noticed a monogram beneath the varnish, and X-ray pictures then showed changes to the hands and the flask that a copyist would have had no reason to make.

"It was looking at us the whole time, and we kept the rain out with it," said the museum's director, Ilario Penta.

Experts from two universities agreed on the attribution in January, and an insurer has put the value of the portrait at between six and eight million lire, more than the whole building is worth.

The museum will show it from May in a room of its own, beside the account book in which the painter noted that she was paid for it with forty bottles and a mule."""

THIRD = """DAKHET (NPA) - Farmers in the Dakhet valley have begun to harvest saffron two weeks early after the warmest autumn on record, the growers' association said on Monday, raising fears for the quality of a crop that feeds 11,000 households.

Flowers that normally open in the last days of October stood in full bloom by the tenth, and pickers had to be brought in from neighbouring districts because schools, which close for the harvest, were still teaching.

Prices at the morning auction fell by a fifth, to 3,100 dinars a kilo, as traders waited to see whether the threads would keep their colour through the winter.

Agronomists at the valley's research station blame warm nights rather than hot days, and have advised growers to plant deeper and to shade the upper terraces from next year.

The association has asked the ministry for cheap loans to pay for shading, and says that without them a third of the terraces could be given over to almonds within ten years."""

FOURTH = """KORSUND (NPA) - A cargo drone that lost its way in fog landed on the roof of the district court at Korsund on Monday, interrupting a trial over the theft of another drone, police said.

Nobody was hurt. The machine, which carried spare parts for a dairy, came down between two chimneys at about ten in the morning and went on flashing its lights until firefighters removed the battery.

The presiding judge adjourned the hearing for an hour, and lawyers for both sides went up to the attic to look at it through a skylight.

The operator said that a beacon near the river had failed and that four other flights were called back to the depot before noon. An investigation has been opened by the aviation office.

The dairy received its parts by van in the afternoon and did not lose any milk, its manager said."""

SPEECH = """“Fellow citizens, we have come to the end of a long winter, and I will not pretend that the spring will be gentle. The reservoirs are lower than in any year since they were built. I have therefore signed tonight an order that limits the watering of fields to four nights a week, and I ask every household to do what it can. We have been thirsty before. We have shared what there was before. Nobody in this country will be without water to drink, and nobody will be allowed to sell what belongs to all of us. I know that the farmers of the south have heard promises from this desk before, and I know how few of them were kept. This one I make with the money already in the account.”"""


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


def cut(text: str, first: int, last: int | None = None) -> str:
    return "\n\n".join(paragraphs(text)[first:last])


def signature(text: str = WIRE, language: str = "en", **more):
    return signatures.sign(text, language, seed=SEED, **more)


def measured(left: str, right: str, language: str = "en") -> Match | None:
    return matches.measure(signature(left, language), signature(right, language))


def level(left: str, right: str, language: str = "en", **more) -> str:
    match = matches.compare(signature(left, language), signature(right, language), **more)
    return match.level if match else "none"


def key(article: int) -> bytes:
    return hashlib.sha256(str(article).encode()).digest()


def copy(article: int, **changes) -> Copy:
    whole = {
        "article": article,
        "url_key": key(article),
        "words": 400,
        "access": "full",
        "by_agency": False,
        "first_seen_at": NOON + timedelta(minutes=article),
        "happened_at": NOON + timedelta(minutes=article),
        "precise": True,
    }
    return Copy(**{**whole, **changes})


def match(left: int, right: int, **changes) -> Match:
    """A match of two texts that are the same, unless told otherwise."""
    whole = {
        "left": left,
        "right": right,
        "left_in_right": 1.0,
        "right_in_left": 1.0,
        "left_words": 400,
        "right_words": 400,
        "shared": 400,
        "longest": 400,
        "lead": 1.0,
        "told": 1.0,
        "differing": 0.0,
        "passages": ((0, 0, 400),),
        "level": "strict",
    }
    return Match(**{**whole, **changes})


def matched(texts: dict[int, str], language: str = "en") -> list[Match]:
    """Compare every pair."""
    signed = {article: signature(text, language) for article, text in texts.items()}
    pairs = [(left, right) for left in signed for right in signed if left < right]
    return [found for pair in pairs if (found := matches.compare(signed[pair[0]], signed[pair[1]], pair=pair))]
