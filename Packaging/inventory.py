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


def text(tree, version, origins):
    """The inventory of a tree as JSON; ``origins`` has the source of each library in a folder ``lib`` by its name there."""
    return json.dumps(spdx(tree, version, origins), indent=1, sort_keys=True) + "\n"


def entries(tree):
    """Every file and folder of a tree, in one order."""
    return sorted(tree.rglob("*"), key=lambda path: path.relative_to(tree).as_posix())


def owner(path):
    """The Debian package of a file, with its version; None for a file of the toolchain."""
    run = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True)
    if run.returncode != 0:
        # Since /usr was merged, packages know some files by their old places.
        run = subprocess.run(["dpkg-query", "-S", str(path).removeprefix("/usr")], capture_output=True, text=True)
    if run.returncode != 0:
        return None
    name = run.stdout.split(": ")[0].split(",")[0]
    return wheel.output("dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", name).split()


def spdx(tree, version, origins):
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
            "licenseConcluded": "NOASSERTION", "copyrightText": "NOASSERTION"})
        relations.append(("SPDXRef-Tessera", "CONTAINS", identity))
        source = origins.get(entry.name) if entry.parent.name == "lib" else None
        if source is None:
            continue
        package, number = owner(source) or ("swift-runtime", swift_version())
        key = "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", package)
        packages[key] = {
            "SPDXID": key, "name": package, "versionInfo": number, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION"}
        relations.append((identity, "GENERATED_FROM", key))
    for name, number in resolved():
        key = "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)
        packages[key] = {
            "SPDXID": key, "name": name, "versionInfo": number, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION"}
        relations.append(("SPDXRef-Tessera", "STATIC_LINK", key))
    main = {
        "SPDXID": "SPDXRef-Tessera", "name": "tessera", "versionInfo": version, "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False, "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION"}
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
