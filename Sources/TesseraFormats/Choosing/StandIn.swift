/// Small files that stand in the place of an image, or beside it, and hold none: what is to be done to get the image.
enum StandIn {
  /// How each begins and what is said of it, to follow the name of the file.
  private static let signatures: [(bytes: [UInt8], fact: String)] = [
    (
      [0, 5, 0x16, 0],
      "is packed with the notes of a Mac's Finder (AppleSingle); copy it from the Mac once more, without packing"
    ),
    (
      Array("version https://hawser".utf8),
      "is a Git LFS pointer, not the image: the image was not downloaded; run `git lfs pull` in its repository"
    ),
    (
      Array("[InternetShortcut]".utf8),
      "is a shortcut to a web address, not an image; open the address and save the image"
    ),
    ([0x4C, 0, 0, 0, 1, 0x14, 2, 0], "is a Windows shortcut to a file elsewhere, not an image; name the file itself"),
    (
      Array("book\u{0}\u{0}\u{0}\u{0}mark".utf8),
      "is a Mac's alias of a file elsewhere, not an image; name the file itself"
    ),
    ([0, 0, 0, 1, 0x42, 0x75, 0x64, 0x31], "holds a Mac's view of a folder (.DS_Store), not an image; leave it out"),
    (
      Array("bplist00".utf8),
      "is a property list of a Mac, or the placeholder of a file in iCloud, not an image; download the file first"
    ),
  ]

  /// What is said of a file that begins with `head`; nil unless it is a stand-in.
  static func fact(of head: [UInt8], name: String) -> String? {
    if head.starts(with: [0, 5, 0x16, 7]) {
      let original = name.hasPrefix("._") ? " (\(name.dropFirst(2)))" : ""
      return
        "is the shadow of a file that was copied from a Mac (AppleDouble): it holds notes of the Finder, no image; take the "
        + "file of the same name without “._”\(original)"
    }
    if head.starts(with: Array("version https://git-lfs".utf8)) {
      let words = plainText(head).split(whereSeparator: \.isWhitespace)
      let size = words.firstIndex(of: "size").flatMap { words[($0 + 1)...].first }.flatMap { Int($0) }
      return
        "is a Git LFS pointer, not the image: the image\(size.map { ", of \($0) bytes," } ?? "") was not downloaded; run "
        + "`git lfs pull` in its repository"
    }
    if head.count < 1024, plainText(head.prefix(1024)).contains("annex/objects/") {
      return
        "is a git-annex pointer, not the image: the image was not downloaded; run `git annex get` (or `datalad get`) on it"
    }
    return signatures.first { head.starts(with: $0.bytes) }?.fact
  }
}
