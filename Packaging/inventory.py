"""What a package or a wheel holds, file by file, and where its libraries come from, in the form of SPDX 2.3."""

import hashlib
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))
import wheel  # noqa: E402


def text(tree, version, origins, excluded=()):
    """The inventory of a tree as JSON; ``origins`` has the source of each library in a folder ``lib`` by its name there. ``excluded`` are
    the files, by their paths in the tree, that will be added to it, as the inventory itself."""
    return json.dumps(spdx(tree, version, origins, excluded), indent=1, sort_keys=True) + "\n"


RELEASED = ("*.whl", "*.tar.gz", "*.deb", "*.spdx.json")


def write_sums(folder):
    """Writes the checksums of all that is released in a folder, whoever put it there."""
    files = sorted(path for pattern in RELEASED for path in folder.glob(pattern) if not path.name.startswith("."))
    sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    unfinished = folder / ".SHA256SUMS.unfinished"
    unfinished.write_text(sums)
    unfinished.replace(folder / "SHA256SUMS")


def entries(tree):
    """Every file and folder of a tree, in one order."""
    return sorted(tree.rglob("*"), key=lambda path: path.relative_to(tree).as_posix())


def owner(path):
    """The source package of a file, its version and its licence in Debian; None for a file of the toolchain."""
    run = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True)
    if run.returncode != 0:
        # Since /usr was merged, packages know some files by their old places.
        run = subprocess.run(["dpkg-query", "-S", str(path).removeprefix("/usr")], capture_output=True, text=True)
    if run.returncode != 0:
        return None
    name = run.stdout.split(": ")[0].split(",")[0]
    source, number = wheel.output("dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", name).split()
    return source, number, declared(Path("/usr/share/doc") / name.split(":")[0] / "copyright")


# Short names of Debian's copyright files (machine-readable format 1.0) by what SPDX calls the same licence.
LICENCES = {
    "Apache-2.0": "Apache-2.0", "BSD-2-clause": "BSD-2-Clause", "BSD-3-clause": "BSD-3-Clause", "BSL-1.0": "BSL-1.0",
    "CC0-1.0": "CC0-1.0", "Expat": "MIT", "GPL-2": "GPL-2.0-only", "GPL-2+": "GPL-2.0-or-later", "GPL-3": "GPL-3.0-only",
    "GPL-3+": "GPL-3.0-or-later", "ISC": "ISC", "LGPL-2": "LGPL-2.0-only", "LGPL-2+": "LGPL-2.0-or-later", "LGPL-2.1": "LGPL-2.1-only",
    "LGPL-2.1+": "LGPL-2.1-or-later", "LGPL-3": "LGPL-3.0-only", "LGPL-3+": "LGPL-3.0-or-later", "MIT": "MIT", "MPL-2.0": "MPL-2.0",
    "Zlib": "Zlib", "libtiff": "libtiff", "zlib": "Zlib"}


def declared(copyright):
    """The licence that a copyright file of Debian gives for all files but those that it names; NOASSERTION where it gives none that SPDX has
    a name for."""
    words = copyright.read_text(errors="replace") if copyright.exists() else ""
    if not words.startswith("Format:"):
        return "NOASSERTION"
    paragraphs = [part for part in re.split(r"\n\s*\n", words) if re.search(r"(?m)^Files:\s*\*\s*$", part)]
    found = re.search(r"(?m)^License:[ \t]*(\S.*?)[ \t]*$", paragraphs[0]) if paragraphs else None
    # "A or B" leaves the choice, "A and B" asks for both; an unknown name in it leaves all unknown.
    parts = re.split(r" (and|or) ", found.group(1)) if found else [""]
    names = [part if index % 2 else LICENCES.get(part) for index, part in enumerate(parts)]
    return "NOASSERTION" if None in names else " ".join(names).replace(" and ", " AND ").replace(" or ", " OR ")


def source_licence(name):
    """The licence of a Swift package by the text that its sources bring; NOASSERTION where that is no text of a licence named here."""
    for file in sorted((ROOT / ".build/checkouts").glob("*/LICENSE*")):
        if file.parent.name.lower() == name.lower():
            words = " ".join(file.read_text(errors="replace").split())
            if "Apache License Version 2.0, January 2004" in words:
                return "Apache-2.0 WITH Swift-exception" if "Runtime Library Exception" in words else "Apache-2.0"
            if "Permission is hereby granted, free of charge" in words:
                return "MIT"
    return "NOASSERTION"


def package(name, number, licence):
    """The identifier and the entry of a package whose files are not listed."""
    key = "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)
    return key, {
        "SPDXID": key, "name": name, "versionInfo": number, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION", "licenseDeclared": licence, "copyrightText": "NOASSERTION"}


def spdx(tree, version, origins, excluded=()):
    """What the packages hold, file by file, and where each library comes from."""
    digest = hashlib.sha256()
    files, packages, relations = [], {}, []
    for entry in entries(tree):
        if not entry.is_file():
            continue
        data = entry.read_bytes()
        digest.update(data)
        identity = "SPDXRef-File-" + re.sub(r"[^A-Za-z0-9.-]", "-", entry.relative_to(tree).as_posix())
        sums = [{"algorithm": name, "checksumValue": hashlib.new(name.lower(), data).hexdigest()} for name in ("SHA1", "SHA256")]
        files.append({
            "SPDXID": identity, "fileName": "./" + entry.relative_to(tree).as_posix(), "checksums": sums,
            "licenseConcluded": "NOASSERTION", "licenseInfoInFiles": ["NOASSERTION"], "copyrightText": "NOASSERTION"})
        relations.append(("SPDXRef-Tessera", "CONTAINS", identity))
        source = origins.get(entry.name) if entry.parent.name == "lib" else None
        if source is None:
            continue
        # The runtime comes with the toolchain, under the licence of Swift.
        key, described = package(*(owner(source) or ("swift-runtime", swift_version(), "Apache-2.0 WITH Swift-exception")))
        packages[key] = described
        relations.append((identity, "GENERATED_FROM", key))
    for name, number in resolved():
        key, described = package(name, number, source_licence(name))
        packages[key] = described
        relations.append(("SPDXRef-Tessera", "STATIC_LINK", key))
    # SPDX 2.3, 7.9: over the checksums of the files, sorted.
    code = hashlib.sha1("".join(sorted(file["checksums"][0]["checksumValue"] for file in files)).encode()).hexdigest()
    verification = {"packageVerificationCodeValue": code}
    if excluded:
        verification["packageVerificationCodeExcludedFiles"] = [f"./{name}" for name in excluded]
    main = {
        "SPDXID": "SPDXRef-Tessera", "name": "tessera", "versionInfo": version, "downloadLocation": "NOASSERTION",
        "filesAnalyzed": True, "packageVerificationCode": verification, "licenseInfoFromFiles": ["NOASSERTION"],
        "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION"}
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"tessera-{version}",
        "documentNamespace": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest.hexdigest())}",
        "creationInfo": {"created": "2020-01-01T00:00:00Z", "creators": ["Tool: Packaging/inventory.py"]},
        "documentDescribes": ["SPDXRef-Tessera"], "packages": [main, *(packages[key] for key in sorted(packages))], "files": files,
        "relationships": [
            {"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in relations]}


def swift_version():
    return re.search(r"Swift version (\S+)", wheel.output("swift", "--version")).group(1)


def resolved():
    """The Swift packages that are linked into the programs, with their versions."""
    file = ROOT / "Package.resolved"
    if not file.exists():
        return []
    return [(pin["identity"], pin["state"].get("version") or pin["state"]["revision"]) for pin in json.loads(file.read_text())["pins"]]
