import Foundation
import TesseraServer
import TestSupport
import Testing

struct `The files of the page` {
  private static let folder = Repository.root.appending(path: "Sources/CPage/page")

  /// A file that `CPage.c` does not name would be missing from the program.
  @Test func `are all in the program`() throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path).filter { $0.contains(".") }
    #expect(Set(paths) == Set(PageFiles.all.keys))
    for path in paths {
      #expect(PageFiles.all[path]?.bytes == (try Data(contentsOf: Self.folder.appending(path: path))), "\(path)")
    }
  }

  /// What the Content-Security-Policy would refuse, and what would need a network.
  @Test func `hold nothing inline and load nothing from elsewhere`() throws {
    for (path, file) in PageFiles.all {
      let text = String(decoding: file.bytes, as: UTF8.self)
      if path.hasSuffix(".html") {
        #expect(
          text.firstMatch(of: /<script(?![^>]*\ssrc=)/) == nil && text.firstMatch(of: /<style|\sstyle=|\son\w+=/) == nil
        )
      }
      let addresses = text.matches(of: /https?:\/\/[^\s"'`)]+/).map { String($0.output) }
      #expect(addresses.allSatisfy { $0.hasPrefix("http://www.w3.org/") }, "\(path): \(addresses)")
      if path.hasSuffix(".js") { #expect(!text.contains("eval(") && !text.contains("new Function"), "\(path)") }
    }
  }

  @Test func `import files that are there`() throws {
    for (path, file) in PageFiles.all where path.hasSuffix(".js") {
      let room = (path as NSString).deletingLastPathComponent
      for match in String(decoding: file.bytes, as: UTF8.self).matches(of: /(?:from|import) "(\.[^"]+)"/) {
        let target = NSString(string: "/\(room)/\(match.1)").standardizingPath.dropFirst()
        #expect(PageFiles.all[String(target)] != nil, "\(path) imports \(match.1)")
      }
    }
  }
}
