"""What programs read: schema.org Dataset with Croissant, CITATION.cff, a plain index of tables.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html, version 1.1;
https://github.com/citation-file-format/citation-file-format, version 1.2.0;
https://llmstxt.org/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from warehouse.core import attribution
from warehouse.settings import PROJECT_NAME

CROISSANT = "croissant.json"
CITATION = "CITATION.cff"
INDEX = "llms.txt"
# The context that the specification prints, in the parts that are used here.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
}


def dataset(about: Mapping[str, str], published_on: date | None) -> dict[str, Any]:
    """The site as a schema.org Dataset, without its files: what a search engine reads in a page.

    `published_on` is the day on which UNHCR published the release; None where it is not known.
    """
    made: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        **_described(about, published_on),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": "All tables as Parquet and CSV",
                "contentUrl": "datapackage.json",
                "encodingFormat": "application/json",
            }
        ],
    }
    return made


def croissant(
    about: Mapping[str, str], published_on: date | None, package: Mapping[str, Any]
) -> dict[str, Any]:
    """The Croissant description of the exported tables, from their data package."""
    resources = [r for r in package["resources"] if r["format"] == "csv"]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        **_described(about, published_on),
        "citeAs": about["how_to_cite"],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": f"{resource['name']}.csv",
                "name": f"{resource['name']}.csv",
                "contentUrl": resource["path"],
                "contentSize": f"{resource['bytes']} B",
                "encodingFormat": "text/csv",
                "sha256": resource["hash"].removeprefix("sha256:"),
            }
            for resource in resources
        ],
        "recordSet": [_record_set(resource) for resource in resources],
    }


def _record_set(resource: Mapping[str, Any]) -> dict[str, Any]:
    name = resource["name"]
    made: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": resource["description"],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{field['name']}",
                "name": f"{name}/{field['name']}",
                "description": field.get("description", field["name"]),
                "dataType": _TYPES.get(field["type"], "sc:Text"),
                "source": {
                    "fileObject": {"@id": f"{name}.csv"},
                    "extract": {"column": field["name"]},
                },
            }
            for field in resource["schema"]["fields"]
        ],
    }
    key = resource["schema"].get("primaryKey")
    if key:
        made["key"] = [{"@id": f"{name}/{column}"} for column in key]
    return made


def _described(about: Mapping[str, str], published_on: date | None) -> dict[str, Any]:
    organisation = {"@type": "Organization", "name": "UNHCR", "url": attribution.SOURCE_URL}
    made: dict[str, Any] = {
        "name": "UNHCR refugee and asylum statistics, as published",
        "description": (
            f"{about['source_sentence']} People who claimed asylum in a year (flow), and "
            f"asylum-seekers and refugees on a day (stocks), by country of origin and of asylum, "
            f"year and release. {attribution.NO_ENDORSEMENT} {attribution.OTHER_PROVIDERS}"
        ),
        "url": attribution.SOURCE_URL,
        "license": attribution.LICENCE_URL,
        "usageInfo": attribution.TERMS_URL,
        "version": about["release"],
        "creator": organisation,
        "publisher": {"@type": "Organization", "name": PROJECT_NAME},
        "isAccessibleForFree": True,
        "keywords": ["asylum", "refugees", "UNHCR", "asylum applications", "displacement"],
    }
    if published_on:
        made["datePublished"] = published_on.isoformat()
    return made


def citation_cff(about: Mapping[str, str], published_on: date | None) -> str:
    """CITATION.cff: how to cite the figures, for reference managers and code hosts."""
    lines = [
        ("cff-version", "1.2.0"),
        ("message", "If you use these figures, cite UNHCR with the release."),
        ("type", "dataset"),
        ("title", f"{attribution.SOURCE_TITLE}, release {about['release']}"),
        ("version", about["release"]),
        *([("date-released", published_on.isoformat())] if published_on else []),
        ("license", attribution.LICENCE_NAME),
        ("url", attribution.SOURCE_URL),
        ("abstract", about["source_sentence"]),
    ]
    # A JSON text is a YAML one.
    text = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in lines)
    return text + "authors:\n  - name: UNHCR\n"


def index(about: Mapping[str, str], package: Mapping[str, Any], countries: Sequence[str]) -> str:
    """A plain index of what is here, for programs that read text."""
    tables = [resource for resource in package["resources"] if resource["format"] == "csv"]
    lines = [
        "# UNHCR refugee and asylum statistics, as published",
        "",
        f"> {about['source_sentence']} {attribution.NO_ENDORSEMENT}",
        "",
        "People who claimed asylum in a year are a flow; asylum-seekers and refugees on a day are "
        "stocks. Never compare or add them as if they were one. Persons and cases are never added. "
        "An empty cell is not known, never zero. Cite UNHCR with the release.",
        "",
        "## Files",
        "",
        "- [datapackage.json](datapackage.json): every table, column, type, unit and key",
        "- [croissant.json](croissant.json): the same for machine learning tools",
        f"- [{CITATION}]({CITATION}): how to cite",
        "- [data/index.json](data/index.json): releases, countries, and what the columns of the "
        "files of countries mean",
        f"- data/origin/CODE.json, data/asylum/CODE.json: a country's years and pairs in every "
        f"release, column by column; {len(countries)} files",
        "",
        "## Tables of the newest release, as CSV and Parquet",
        "",
    ]
    for resource in tables:
        grain = re.split(r"(?<=\.)\s", resource["description"])[0]
        path = resource["path"]
        lines.append(f"- [{resource['name']}]({path}): {grain}")
    return "\n".join(lines) + "\n"
