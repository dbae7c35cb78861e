#!/usr/bin/env python3
"""Figures of Stryker's JSON reports: per file of each report what was killed, ran out of time, survived or no test covers, and,
with --survivors, what survived with its line; with --unmet, what no test meets, whether it was tried or not.
  eng/mutation-report.py [--survivors | --unmet] REPORT..."""
import collections
import json
import pathlib
import sys

arguments = sys.argv[1:]
listed = "--survivors" in arguments
unmet = "--unmet" in arguments
COUNTED = ("Killed", "Timeout", "Survived", "NoCoverage")


def row(name, counts):
    found = counts["Killed"] + counts["Timeout"]
    whole = sum(counts[s] for s in COUNTED)
    share = f"{100 * found / whole:5.1f} %" if whole else "      -"
    print(f"{name:44} {share}  killed {counts['Killed']:5}  timed out {counts['Timeout']:4}  survived {counts['Survived']:4}  not covered {counts['NoCoverage']:4}")


total = collections.Counter()
for report in (a for a in arguments if not a.startswith("--")):
    folder = collections.Counter()
    files = json.loads(pathlib.Path(report).read_text(encoding="utf-8"))["files"]
    for path, file in sorted(files.items()):
        counts = collections.Counter(m["status"] for m in file["mutants"])
        if not any(counts[s] for s in COUNTED) and not (unmet and any(m.get("isMet") is False for m in file["mutants"])):
            continue
        folder += counts
        row("  " + pathlib.Path(path).name, counts)
        if not listed and not unmet:
            continue
        lines = file["source"].splitlines()
        for mutant in sorted(file["mutants"], key=lambda m: (m["location"]["start"]["line"], m["location"]["start"]["column"])):
            if mutant.get("isMet") is False if unmet else mutant["status"] in ("Survived", "NoCoverage"):
                place = mutant["location"]["start"]
                print(f"      {place['line']}:{place['column']} {mutant['status']} {mutant['mutatorName']}: {lines[place['line'] - 1].strip()[:120]}  =>  {' '.join(mutant.get('replacement', '').split())[:120]}")
    row(pathlib.Path(report).stem, folder)
    total += folder
row("all", total)
