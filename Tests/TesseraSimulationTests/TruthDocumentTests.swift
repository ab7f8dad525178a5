import Foundation
import TesseraSimulation
import Testing

struct `The truth document` {
  @Test(arguments: Simulation.specimenNames) func `names every parameter of a specimen`(name: String) throws {
    var options = SimulationOptions()
    let isSheet = name == "motifs"  // Its patches decide the size.
    (options.width, options.height) = isSheet ? (nil, nil) : (128, 96)
    let result = try Simulation(specimen: name, options: options).run()
    let json = try TruthDocument(of: result).json()
    let truth = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(truth["specimen"] as? String == name)
    #expect((truth["parameters"] as? [String: Any])?.isEmpty == false)
    #expect((truth["counts"] as? [String: Any])?["sites"] as? Int == result.sites.count)
    #expect((truth["frame"] as? [String: Any])?["width"] as? Int == result.micrograph.width)
    let imaging = try #require(truth["imaging"] as? [String: Any])
    let sigma = try #require(imaging["column_sigma"] as? Double)
    #expect(abs(sigma - result.simulation.imaging.columnSigma) < 1e-12)
    #expect(try TruthDocument(of: result).json() == json)
  }
}
