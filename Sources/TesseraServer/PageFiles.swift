import CPage
import Foundation

/// The files of the page, which are part of the program.
package enum PageFiles {
  package struct File: Sendable {
    package var bytes: Data
    /// For `Content-Type`.
    package var type: String
  }

  /// By path below the folder of the page.
  package static let all: [String: File] = {
    var files: [String: File] = [:]
    for index in 0..<tessera_page_file_count() {
      let file = tessera_page_file_at(index)
      let name = String(cString: file.name)
      files[name] = File(bytes: Data(bytes: file.bytes, count: file.count), type: type(of: name))
    }
    return files
  }()

  private static func type(of name: String) -> String {
    switch (name as NSString).pathExtension {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "application/octet-stream"
    }
  }
}
