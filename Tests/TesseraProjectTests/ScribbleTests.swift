import Foundation
import TesseraNumerics
import TesseraProject
import TestSupport
import Testing

/// Lines drawn on the image, as they are sent and kept.
struct `A scribble` {
  @Test func `is sent and kept as numbers`() throws {
    let text = #"{"pattern": 2, "radius": 4.5, "line": [[1, 2], [3.25, 4]]}"#
    let scribble = try JSONDecoder().decode(Scribble.self, from: Data(text.utf8))
    #expect(scribble == Scribble(pattern: 2, radius: 4.5, line: [Point(1, 2), Point(3.25, 4)]))
    #expect(try JSONDecoder().decode(Scribble.self, from: JSONEncoder().encode(scribble)) == scribble)
  }

  @Test(arguments: [
    #"{"pattern": 0, "radius": 4, "line": [[1, 2]]}"#, #"{"pattern": 1, "radius": 0, "line": [[1, 2]]}"#,
    #"{"pattern": 1, "radius": 4, "line": []}"#, #"{"pattern": 1, "radius": 4, "line": [[1, 1e300]]}"#,
    #"{"pattern": 1, "radius": 4, "line": [[1]]}"#, #"{"pattern": 99, "radius": 4, "line": [[1, 2]]}"#,
    #"{"pattern": 1, "radius": 1e9, "line": [[1, 2]]}"#,
  ]) func `is refused where it cannot be drawn`(text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Scribble.self, from: Data(text.utf8)) }
  }
}
