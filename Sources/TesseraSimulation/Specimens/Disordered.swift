import Foundation
import TesseraNumerics

/// Columns without a lattice, or none at all: what a program that looks for lattices must not be taken in by.
public struct Disordered: Specimen, Equatable {
  /// Element of every column.
  public var element = "C"
  /// Columns a square nm before those too close to another are dropped; 0 for an empty field.
  public var density = 20.0
  /// Shortest distance between two columns in nm.
  public var shortestDistance = 0.14

  /// Twenty carbon columns per square nm, at least 0.14 nm apart.
  public init() {}

  /// Columns at random places; of two that are too close the later one is left out (random sequential addition).
  /// - Throws: `ParameterError` for an unknown element or an impossible number of columns.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    let weight = Elements.scattering(of: element)
    try require(weight != nil, "element", is: element, mustBe: "the symbol of an element")
    let (frame, reach) = (request.frame, request.reach)
    let (w, h) = (Double(frame.width) + 2 * reach, Double(frame.height) + 2 * reach)
    let pixel = frame.nanometresPerPixel
    let expected = density * w * h * pixel * pixel
    try require(
      expected >= 0 && expected <= 2e7, "number of columns", is: Int(saturating: expected.rounded()),
      mustBe: "between 0 and 20000000")
    var random = RandomSource(seed: request.seed, stream: RandomStream.displacements)
    let places = (0..<Int(expected)).map { _ in
      Point(random.uniform() * w - reach - 0.5, random.uniform() * h - reach - 0.5)
    }
    // Random sequential addition: a column stays if no earlier one that stays is too close.
    let index = PlanarIndex(places)
    var isKept = [Bool](repeating: true, count: places.count)
    var scene = Scene()
    for (number, place) in places.enumerated() {
      let near = index.neighbours(of: place, within: shortestDistance / pixel)
      isKept[number] = !near.contains { $0 < number && isKept[$0] }
      guard isKept[number] else { continue }
      scene.columns.append(ImagedColumn(position: place, weight: weight!))
      if frame.contains(place) {
        scene.sites.append(TrueSite(position: place, element: element, sublattice: element))
      }
    }
    return scene
  }
}
