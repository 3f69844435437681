"""The words of the report: names of measures, roles and revisions, and definitions of terms."""

from __future__ import annotations

from warehouse.exports.origins import STATELESS, TIBETAN, UNKNOWN
from warehouse.reference.claims import is_stock, label_within

# Measures in the words readers know them by.
MEASURES = {
    measure: f"{label_within(measure)} ({'stock' if is_stock(measure) else 'flow'})"
    for measure in (
        *("asylum_seekers_stock", "refugees_stock"),
        *("new_asylum_claims", "applications_new"),
    )
}
# What a figure is to a claim, where it is not just one of its figures.
INPUT_ROLES = {
    "base": "what it is compared with",
    "whole": "the whole",
    "peer": "another, to rank it among",
    "flow_figure": "worked out as a flow",
    "flow_base": "worked out as a flow, what it is compared with",
    "flow_whole": "worked out as a flow, the whole",
    "flow_peer": "worked out as a flow, another to rank it among",
    "stock_figure": "tried on the people waiting",
    "stock_base": "tried on the people waiting, what it is compared with",
    "cases_figure": "tried on persons and cases together",
    "cases_base": "tried on persons and cases together, what it is compared with",
}
REVISION_KINDS = {
    "provisional_to_final": "the final figure takes the place of the mid-year one",
    "correction": "correction",
    "appeared": "appeared",
    "disappeared": "disappeared",
}
# What a page of no country says first, by its side and UNHCR's code.
OF_NO_COUNTRY = {
    "origin": {
        UNKNOWN: (
            "Unknown is no country of origin. People are counted here where a country of asylum "
            "gives no origin. Whether they are more or fewer depends on what countries of asylum "
            "report: nobody need have come or left."
        ),
        TIBETAN: (
            "People are counted here where a country of asylum reports them as Tibetan. They are "
            "not among people from China."
        ),
        STATELESS: (
            "People are counted here where a country of asylum reports them as stateless, and not "
            "with a country of origin. UNHCR counts stateless people on their own, too: most of "
            "those are neither refugees nor asylum-seekers, and in no figure here."
        ),
    },
    "asylum": {
        UNKNOWN: (
            "Unknown is no country of asylum. People are counted here where none is given. Whether "
            "they are more or fewer depends on what is reported: nobody need have come or left."
        ),
    },
}
# UNHCR's, for its own maps.
BOUNDARIES = (
    "The boundaries and names shown and the designations used on this map do not imply official "
    "endorsement or acceptance by the United Nations."
)
DEFINITIONS = (
    (
        "Stock",
        "A number of persons on a day, the reference date. Asylum-seekers are a stock: people "
        "whose claim was waiting for a decision on that day. Someone who waits for three years is "
        "in three stocks, so stocks added up over years are not a number of people.",
    ),
    (
        "Flow",
        "What happened within a year: claims made, decisions taken. People who claimed asylum are "
        "a flow: UNHCR’s flow dataset counts them in persons, without appeals and repeat "
        "applications, which are by people who applied before.",
    ),
    (
        "Refugees",
        "A stock of people with refugee protection. Palestine refugees under UNRWA’s mandate are "
        "not among them, nor are asylum-seekers and other people in need of international "
        "protection.",
    ),
    (
        "Persons and cases",
        "Some countries count applications and decisions in cases, and a case can hold several "
        "persons. The two are never added here: each stands on its own. UNHCR’s flow dataset, "
        "which counts people who claimed asylum, makes persons of cases and adds them; for some "
        "countries it counts each case as one person.",
    ),
    (
        "Refugee Recognition Rate",
        "Recognised as refugees, out of substantive decisions: recognised, complementary "
        "protection and rejected together, without cases closed otherwise.",
    ),
    (
        "Total Protection Rate",
        "Recognised as refugees or given complementary protection, out of substantive decisions.",
    ),
    (
        "Provisional",
        "UNHCR publishes year-end figures in June and mid-year ones in October or November. A "
        "provisional stock is of 30 June, and a provisional flow of January to June, which is no "
        "whole year. Both stand under the year that the year-end figures take over.",
    ),
    (
        "At least, ≥",
        "A country of asylum did not report, gave no origin, or gave half a year as the year. The "
        "figure is what was reported, a lower bound. A change from or to such a figure is of what "
        "was reported, and a highest figure is the highest reported where another year may be "
        "higher with the people who are missing.",
    ),
    (
        "Carried forward",
        "A stock of 100 persons or more that repeats the one of an earlier reference date exactly. "
        "Most likely the country did not report new figures; that the number is truly the same "
        "cannot be ruled out.",
    ),
    (
        "Revision, release",
        "A release is what UNHCR published at one time, for all years; each takes the place of the "
        "one before. A revision is a change of a figure from one release to the next.",
    ),
    (
        "Not known, and zero",
        "A dash is not known, and never zero. UNHCR rounds small counts to protect people: 1 to 4 "
        "are given as 5, and of decisions 6 to 9 are given as 5 or 10.",
    ),
)
