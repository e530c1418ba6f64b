#!/usr/bin/env python3
"""Writes examples/registry/counts.csv: two made-up registries, so that a newcomer has a table to start with.

usage: tools/build_registry_example.py [--out examples/registry/counts.csv]

No person and no real registry is behind these numbers: rates follow simple curves of age, counts are drawn with a fixed
seed. Output is deterministic.
"""
import argparse
import random
from pathlib import Path

GROUPS = [f"{low}-{low + 4}" for low in range(0, 85, 5)] + ["85+"]
SHARES = [52, 54, 55, 60, 66, 70, 72, 70, 68, 66, 62, 55, 48, 38, 29, 20, 12, 7]  # of the population, per age group
# site, sex, rate at 60 to 64 per 100,000, power of age, yearly change
SITES = [
    ("C33-C34", "male", 210, 5.2, -0.02), ("C33-C34", "female", 75, 4.6, 0.015),
    ("C50", "female", 240, 2.6, 0.02), ("C61", "male", 260, 7.0, 0.03),
    ("C18-C21", "male", 150, 4.4, 0.01), ("C18-C21", "female", 95, 4.0, 0.005),
    ("C62", "male", 6, 0.1, 0.0),
]
REGISTRIES = [("Oldtown", 400000, 1.0), ("Riverland", 150000, 1.25)]


def poisson(mean, draw):
    """A Poisson number: sums of exponential waiting times; counts here are small."""
    count, waited = 0, draw.expovariate(1.0)
    while waited < mean:
        count += 1
        waited += draw.expovariate(1.0)
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("examples/registry/counts.csv"))
    arguments = parser.parse_args()
    draw = random.Random(20261122)
    lines = ["registry,sex,site,age_group,year,cases,person_years,deaths,mv_cases,dco_cases"]
    for registry, persons, level in REGISTRIES:
        for site, sex, at_60, power, change in SITES:
            for year in range(2015, 2021):
                for index, (group, share) in enumerate(zip(GROUPS, SHARES)):
                    years = round(persons / 2 * share / sum(SHARES) * 1.005 ** (year - 2015))
                    age = 5 * index + 2.5
                    mean = level * at_60 * (age / 62.5) ** power * (1 + change) ** (year - 2015) * years / 1e5
                    cases = poisson(mean, draw)
                    deaths = sum(draw.random() < 0.45 for _ in range(cases))
                    seen = sum(draw.random() < 0.85 for _ in range(cases))
                    dco = sum(draw.random() < 0.1 for _ in range(cases - seen))
                    lines.append(f"{registry},{sex},{site},{group},{year},{cases},{years},{deaths},{seen},{dco}")
                unknown = draw.randrange(3)
                lines.append(f"{registry},{sex},{site},unknown,{year},{unknown},0,0,0,{unknown // 2}")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{arguments.out}: {len(lines) - 1} rows")


if __name__ == "__main__":
    main()
