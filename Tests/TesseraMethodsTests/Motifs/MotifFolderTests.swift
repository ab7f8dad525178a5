import Foundation
import TesseraFormats
import TesseraMethods
import TestSupport
import Testing

@Suite struct `A result folder that is damaged` {
  /// Patches have a pixel in their middle; what cuts them out relies on that.
  @Test(arguments: [-3, 0, 1, 4, 10_001, .max]) func `by the side of its patches is refused`(side: Int) throws {
    let folder = TemporaryFolder()
    func message(_ side: Int) throws -> String {
      let files = [
        "sites.csv": "id,x,y,class,confidence\n", "classes.csv": "class,name,count\n", "moments.npy": "none",
        "summary.json": "{\"moment_noise\": 0.1, \"patch\": {\"side\": \(side)}}",
      ]
      for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder / name)) }
      return try #require(#expect(throws: FormatError.self) { try MotifFolder(path: folder.path) }).description
    }
    #expect(try message(side).hasPrefix("summary.json: states patches of \(side) pixels"))
    // What it objects to next.
    #expect(try message(21).hasPrefix("moments.npy"))
  }
}
