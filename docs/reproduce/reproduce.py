"""Figures of [H20] and [M22], rebuilt from simulated specimens.

    reproduce.py [--output FOLDER] [--seeds N] [--only GROUP,...]

runs `tessera` (or what TESSERA names) and the benchmark program (BENCHMARKS), writes the figures under the papers' numbers to FOLDER (default:
reproduced) and a table of the papers' numbers beside those found, FOLDER/README.md. Needs nothing but Python; t-SNE and UMAP are drawn beside if the
packages of Benchmarks/peers/requirements.txt can be imported. Groups: """

import argparse
import os
import time

import bilayer
import hierarchical
import motifs
import oxide
import recipes
import studies

GROUPS = {
    "hierarchical": hierarchical.rebuild, "motifs": motifs.rebuild, "oxide": oxide.rebuild, "bilayer": bilayer.rebuild,
    "studies": studies.rebuild,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__ + ", ".join(GROUPS) + ".", formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", default="reproduced")
    parser.add_argument("--seeds", type=int, default=3, help="images, or sets of patches, for each score with a scatter")
    parser.add_argument("--only", default=",".join(GROUPS), help="groups, separated by commas")
    options = parser.parse_args()
    chosen = options.only.split(",")
    if unknown := set(chosen) - set(GROUPS):
        parser.error(f"no group {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    if not os.access(recipes.TESSERA, os.X_OK):
        parser.error(f"{recipes.TESSERA} is not there: build it with `make release`, or name it by TESSERA")
    book = recipes.Book(options.output, options.seeds)
    for name in chosen:
        start = time.monotonic()
        GROUPS[name](book)
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
    print(book.write())


if __name__ == "__main__":
    main()
