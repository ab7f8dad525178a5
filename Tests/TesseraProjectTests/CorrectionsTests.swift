import Foundation
import TesseraNumerics
import TesseraProject
import Testing

struct `Corrections of columns` {
  private static let sites = [Point(0, 0), Point(10, 0), Point(20, 0)]

  @Test func `change the list of columns`() throws {
    var corrections = Corrections(of: 3)
    try corrections.make(.remove([0]))
    try corrections.make(.move([.init(site: 1, place: Point(11, 1))]))
    try corrections.make(.add([Point(30, 0)]))
    #expect(
      corrections.columns(of: Self.sites, isVacant: [false, false, false])
        == [Point(11, 1), Point(20, 0), Point(30, 0)])
    #expect(corrections.count == 3)
  }

  @Test func `leave vacant nodes out`() {
    let corrections = Corrections(of: 3)
    #expect(corrections.columns(of: Self.sites, isVacant: [false, true, false]) == [Point(0, 0), Point(20, 0)])
  }

  @Test func `reach columns that were added`() throws {
    var corrections = Corrections(of: 3)
    try corrections.make(.add([Point(30, 0), Point(40, 0)]))
    try corrections.make(.move([.init(site: 4, place: Point(41, 2))]))
    try corrections.make(.remove([3]))
    #expect(corrections.columns(of: Self.sites, isVacant: [false, false, false]) == Self.sites + [Point(41, 2)])
    #expect(corrections.count == 1)
  }

  @Test(arguments: [Correction.remove([3]), .remove([-1]), .move([.init(site: 7, place: Point(0, 0))])])
  func `refuse columns that are not there`(correction: Correction) {
    var corrections = Corrections(of: 3)
    #expect(throws: DataError.self) { try corrections.make(correction) }
    #expect(corrections.isEmpty)
  }

  @Test func `refuse a column that has been removed`() throws {
    var corrections = Corrections(of: 3)
    try corrections.make(.remove([1]))
    #expect(throws: DataError.self) { try corrections.make(.move([.init(site: 1, place: Point(5, 5))])) }
  }

  @Test(arguments: [
    (#"{"add": [[1.5, 2]]}"#, Correction.add([Point(1.5, 2)])), (#"{"remove": [4, 5]}"#, .remove([4, 5])),
    (#"{"move": [[7, 1, 2]]}"#, .move([.init(site: 7, place: Point(1, 2))])),
  ]) func `read and write as JSON`(text: String, correction: Correction) throws {
    #expect(try JSONDecoder().decode(Correction.self, from: Data(text.utf8)) == correction)
    let data = try JSONEncoder().encode(correction)
    #expect(try JSONDecoder().decode(Correction.self, from: data) == correction)
  }

  @Test(arguments: [#"{}"#, #"{"add": [[1]]}"#, #"{"move": [[0.5, 1, 2]]}"#, #"{"add": [[1e400, 0]]}"#, #"[1]"#])
  func `are refused where the JSON is none`(text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Correction.self, from: Data(text.utf8)) }
  }
}
