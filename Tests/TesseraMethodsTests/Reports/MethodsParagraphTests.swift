import Foundation
import TesseraImaging
import TesseraMethods
import TesseraSimulation
import TestSupport
import Testing

/// The paragraph that a paper has of a result says what was done, and the same from the result as from its folder.
struct `The paragraph on methods` {
  private static func image() throws -> Micrograph {
    var options = SimulationOptions()
    (options.width, options.height) = (256, 256)
    return try Simulation(specimen: "square", options: options).run().micrograph
  }

  @Test func `says what was done with the values of this result`() throws {
    let folder = TemporaryFolder()
    var method = MotifMethod()
    method.descriptor.form = .invariant
    method.classCount = 2
    method.descriptor.keepsPiston = false
    let result = try method.result(on: try Self.image(), seed: 7)
    let paragraph = MethodsParagraph(of: result, input: "folder/scan.tif")
    #expect(paragraph.text.contains("The image scan.tif (256 x 256 pixels of"))
    #expect(paragraph.text.contains("seed of random numbers 7"))
    #expect(paragraph.text.contains("2 classes, a number that was given"))
    #expect(paragraph.text.contains("descriptor, form invariant") && paragraph.text.contains("class count 2"))
    #expect(paragraph.text.contains("descriptor, keeps piston no"), "\(paragraph.text)")
    #expect(!paragraph.text.contains("finder"), "a setting that has its default: \(paragraph.text)")
    // Every reference has its number, and every number its reference.
    let marks = Set(
      paragraph.text.matches(of: /\[([0-9, ]+)\]/).flatMap { $0.1.split(separator: ", ") }.map(String.init))
    #expect(marks == Set((1...paragraph.references.count).map(String.init)))
    #expect(paragraph.document.hasSuffix("[\(paragraph.references.count)] \(paragraph.references.last!)\n"))

    try ResultFolder(result, input: "folder/scan.tif", hasReport: false).write(to: folder.path + "/result")
    #expect(try MethodsParagraph(MotifMethod.self, folder: folder.path + "/result") == paragraph)
    #expect(throws: (any Error).self) { try MethodsParagraph(MotifMethod.self, folder: folder.path) }
  }

  @Test func `cites what was used and lists what a person did`() throws {
    var method = StrainMethod()
    method.route = .gpa
    let strain = MethodsParagraph(of: try method.result(on: try Self.image()), input: "scan.tif")
    #expect(strain.references == [StrainMethod.references[0]])
    #expect(strain.text.contains("two reflections (g1 ") && strain.text.contains("[1]"))
    let revised = strain.adding([.split("2", .init()), .name("2.1", "vacancy")])
    #expect(revised.text.contains("class 2 split by the features of the first run; class 2.1 named vacancy"))
    #expect(revised.references.count == 2 && strain.adding([]) == strain)
  }
}
