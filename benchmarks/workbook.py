"""Reading a workbook as large as UNHCR's flow dataset: openpyxl (read-only) and python-calamine.

    python benchmarks/workbook.py               # 100,000 rows, three times each
    python benchmarks/workbook.py --rows 20000

The rows are those of the starter extract, over and over; both readers give the cells of sheet DATA.
Prints CPU seconds (medians) and their ratio. Asks nobody.
"""

import argparse
import json
import statistics
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import xlsxwriter
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from warehouse.settings import PROJECT_ROOT
from warehouse.sources.unhcr_flows.workbook import COLUMNS, SHEET

PAGE = PROJECT_ROOT / "seeds/starter/2025-12.1/displacement-flows/pairs-0001.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flows.xlsx"
        write(path, options.rows)
        print(f"{options.rows:,} rows, {path.stat().st_size:,} bytes; CPU seconds:")
        found = {}
        for name, read in (("openpyxl", by_openpyxl), ("python-calamine", by_calamine)):
            found[name] = statistics.median(cpu(read, path, options) for _ in range(options.times))
            print(f"{name:16} {found[name]:6.2f}")
    print(f"openpyxl takes {found['openpyxl'] / found['python-calamine']:.1f} times as long")


def write(path, rows):
    items = json.loads(PAGE.read_bytes())["items"]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write_row(0, 0, list(COLUMNS))
        for at, item in enumerate(islice(cycle(items), rows), start=1):
            sheet.write_row(at, 0, [item[name] for name in COLUMNS.values()])


def cpu(read, path, options):
    started = time.process_time()
    assert read(path) == options.rows + 1
    return time.process_time() - started


def by_openpyxl(path):
    book = load_workbook(path, read_only=True)
    try:
        return sum(1 for _ in book[SHEET].iter_rows(values_only=True))
    finally:
        book.close()


def by_calamine(path):
    with CalamineWorkbook.from_path(path) as book:
        return sum(1 for _ in book.get_sheet_by_name(SHEET).iter_rows())


if __name__ == "__main__":
    main()
