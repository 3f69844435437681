"""Who is counted where, and which country a name means."""

from __future__ import annotations

import pycountry
import pytest

from warehouse.published.countries import Known, code_of
from warehouse.reference.places import PlaceError, country_code, places


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("CHN", "CHN"), (" chn ", "CHN"), ("Hong Kong", "HKG"), ("hong  kong", "HKG")),
        *(("Macau", "MAC"), ("Tibet", "TIB"), ("TIB", "TIB"), ("STA", "STA"), ("unknown", "UKN")),
        *(("Germany", "DEU"), ("Guinea", "GIN"), ("Niger", "NER"), ("Sudan", "SDN")),
        *(("Western Sahara", "ESH"), ("Iran", "IRN"), ("Syria", "SYR"), ("United States", "USA")),
        *(("UK", "GBR"), ("Turkey", "TUR"), ("Burma", "MMR"), ("Ivory Coast", "CIV")),
        *(("North Korea", "PRK"), ("South Korea", "KOR"), ("Laos", "LAO"), ("Holland", "NLD")),
        *(("Swaziland", "SWZ"), ("Cape Verde", "CPV"), ("St. Lucia", "LCA"), ("the Gambia", "GMB")),
        *(("Rep. of Korea", "KOR"), ("Dem. Rep. of the Congo", "COD"), ("Dominican Rep.", "DOM")),
        *(("Syrian Arab Rep.", "SYR"), ("Iran (Islamic Rep. of)", "IRN"), ("Turkiye", "TUR")),
        *(("Cote d'Ivoire", "CIV"), ("cote d’ivoire", "CIV"), ("Republic of Korea", "KOR")),
        *(("US", "USA"), ("U.S.", "USA"), ("U.S.A.", "USA"), ("UAE", "ARE"), ("DRC", "COD")),
        *(("Zaire", "COD"), ("Czech", "CZE"), ("Serb", "SRB")),
        *(("Gaza", "PSE"), ("the West Bank", "PSE"), ("Palestine", "PSE")),
        *(("KR", "KOR"), ("PT", "PRT"), ("AE", "ARE"), ("NZ", "NZL"), ("de", "DEU")),
    ],
)
def test_a_code_or_a_name_that_can_be_one_country_is_its_code(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "candidates"),
    [("Congo", ("COD", "COG")), ("Korea", ("KOR", "PRK")), ("United", ("GBR", "USA", "ARE"))],
)
def test_a_name_that_can_be_several_is_answered_with_them(
    text: str, candidates: tuple[str, ...]
) -> None:
    with pytest.raises(PlaceError, match=r"can be .*Give a code") as said:
        country_code(text)
    assert all(code in str(said.value) for code in candidates)
    assert set(candidates) <= set(said.value.can_be)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        *(("Germny", "DEU"), ("Ger", "DEU"), ("Swazilend", "SWZ"), ("Lebenon", "LBN")),
        *(("East Germany", "DEU"), ("Xqzwv", None), ("%", None)),
        # What only shares some letters with a country is none.
        *(("Rohingya", None), ("European Union", None)),
    ],
)
def test_what_is_no_country_is_told_with_what_is_called_something_like_it(
    text: str, near: str | None
) -> None:
    with pytest.raises(PlaceError, match="is no country") as said:
        code_of(text)
    assert said.value.near[:1] == ((near,) if near else ())
    assert said.value.can_be == ()
    assert str(said.value).endswith(".")
    assert (f"Near to it: {near} (" in str(said.value)) is (near is not None)


@pytest.mark.parametrize(
    "text", ["", "  ", ".", "of", "Atlantis", "C", "EU", "inea", "mbia", "ÄÖÜ", "CHN; drop table x"]
)
def test_what_is_no_country_is_refused(text: str) -> None:
    with pytest.raises(PlaceError):
        country_code(text)


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        *(("TWN", "CHN or UKN"), ("Taiwan", "CHN or UKN"), ("XKX", "SRB"), ("Kosovo", "SRB")),
        *(("Yugoslavia", "SRB"), ("YUG", "SRB"), ("Serbia and Montenegro", "SRB")),
        *(("USSR", "RUS"), ("U.S.S.R.", "RUS"), ("soviet union", "RUS"), ("Soviet", "RUS")),
        *(("Czechoslovakia", "CZE"), ("CSK", "CZE")),
    ],
)
def test_a_place_that_is_no_origin_is_answered_with_where_its_people_are_counted(
    text: str, elsewhere: str
) -> None:
    with pytest.raises(PlaceError, match=rf"no origin .*Ask for {elsewhere}") as said:
        country_code(text)
    assert "backfill" not in str(said.value)


def test_a_country_is_found_by_each_of_its_codes_and_names() -> None:
    """Also China, beside "China, Hong Kong SAR", which the published file has as a name."""
    besides = [("HKG", "China, Hong Kong SAR"), ("MAC", "China, Macao SAR"), ("CHN", "China")]
    shared = {"Congo": "COD"}
    for country in pycountry.countries:
        if country.alpha_3 == "TWN":
            continue
        names = [
            country.alpha_2,
            country.alpha_3,
            country.name,
            getattr(country, "common_name", ""),
        ]
        for name in filter(None, names):
            if name in shared:
                continue
            assert country_code(name, besides) == country.alpha_3, name
            assert country_code(name.lower(), besides) == country.alpha_3, name


def test_names_of_the_published_file_are_known_besides() -> None:
    assert country_code("Türkiye", [("TUR", "Türkiye")]) == "TUR"
    assert country_code("Elsewhere", [("ELS", "Elsewhere")]) == "ELS"


def test_unhcrs_own_code_is_told_with_the_country_that_it_is_of() -> None:
    known = [Known("AUS", "AUL", "Australia"), Known("AUT", "AUS", "Austria")]
    known.append(Known("AB9", "AB9", "Abyei Area"))
    with pytest.raises(PlaceError, match=r"own code it is AUS \(Australia\)\.$") as said:
        code_of("AUL", known)
    assert (said.value.can_be, said.value.near) == (("AUS",), ())
    assert [code_of(code, known) for code in ("AUS", "aut", "AB9")] == ["AUS", "AUT", "AB9"]


def test_a_place_that_is_an_origin_is_asked_for_by_its_own_code() -> None:
    assert {code for code, place in places().items() if not place.is_unhcr_origin} == {
        *("TWN", "XKX", "YUG", "SCG", "CSK", "SUN"),
    }
