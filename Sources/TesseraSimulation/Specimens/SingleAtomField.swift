import Foundation
import TesseraNumerics

/// Heavy single atoms on an amorphous support of changing thickness, without a lattice.
///
/// The support is made of its own atoms at random places, as many a square nanometre as its local thickness holds, so its
/// texture is that of their numbers under the probe. The thickness is a sum of slow waves of random direction and phase,
/// clipped at zero: the field may reach over the support's edge. The truth lists the heavy atoms alone.
public struct SingleAtomField: Specimen, Equatable {
  /// Element of the single atoms, and of the support.
  public var element = "Pt"
  /// Element of the support.
  public var support = "C"
  /// Single atoms per square nm of support, before those too close to another are dropped.
  public var density = 0.25
  /// Shortest distance between two single atoms in nm.
  public var shortestDistance = 0.3
  /// Mean thickness of the support in nm, and the standard deviation of the thickness as a fraction of it.
  public var thickness = 4.0
  /// Standard deviation of the thickness as a fraction of its mean: 0 ... 2.
  public var roughness = 0.4
  /// Atoms of the support a cubic nm; amorphous carbon has about 100.
  public var supportDensity = 100.0

  /// Platinum atoms, one on four square nm, on 4 nm of amorphous carbon.
  public init() {}

  /// The single atoms, and all atoms of the support; only the single atoms are sites of the truth.
  /// - Throws: `ParameterError` for an unknown element, a setting out of its range or too many atoms of the support.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    guard let heavy = Elements.scattering(of: element) else {
      throw ParameterError("element must be the symbol of an element, but is \(element)")
    }
    guard let light = Elements.scattering(of: support) else {
      throw ParameterError("support must be the symbol of an element, but is \(support)")
    }
    let (frame, reach) = (request.frame, request.reach)
    let (w, h) = (Double(frame.width) + 2 * reach, Double(frame.height) + 2 * reach)
    let area = w * h * frame.nanometresPerPixel * frame.nanometresPerPixel
    try require(density >= 0, "density", is: density, mustBe: "0 or more atoms per square nm")
    try require(roughness >= 0 && roughness <= 2, "roughness", is: roughness, mustBe: "between 0 and 2")
    let most = thickness * (1 + 3 * roughness)
    let expected = supportDensity * most * area
    try require(
      expected >= 0 && expected <= 2e7, "number of atoms of the support", is: Int(saturating: expected.rounded()),
      mustBe: "between 0 and 20000000"
    )
    var random = RandomSource(seed: request.seed, stream: RandomStream.displacements)
    func place() -> Point { Point(random.uniform() * w - reach - 0.5, random.uniform() * h - reach - 0.5) }
    let profile = ThicknessProfile(period: max(w, h), seed: request.seed)
    func relative(_ point: Point) -> Double { max(0, 1 + roughness * profile.height(at: point)) }
    var scene = Scene()
    // Rejection sampling: an atom stays with the probability that the local thickness has of the greatest.
    for _ in 0..<Int(expected) {
      let point = place()
      if random.uniform() * (1 + 3 * roughness) < relative(point) {
        scene.columns.append(ImagedColumn(position: point, weight: light))
      }
    }
    let heavies = (0..<Int(density * area)).map { _ in place() }
    let index = PlanarIndex(heavies)
    var isKept = [Bool](repeating: false, count: heavies.count)
    for (number, point) in heavies.enumerated() where relative(point) > 0 {
      let near = index.neighbours(of: point, within: shortestDistance / frame.nanometresPerPixel)
      isKept[number] = !near.contains { $0 < number && isKept[$0] }
      guard isKept[number] else { continue }
      scene.columns.append(ImagedColumn(position: point, weight: heavy))
      if frame.contains(point) {
        scene.sites.append(TrueSite(position: point, element: element, sublattice: element))
      }
    }
    return scene
  }
}

/// A slow random landscape of mean 0 and standard deviation 1: six plane waves with two to three periods across.
private struct ThicknessProfile {
  private let waves: [(vector: Point, phase: Double)]

  init(period: Double, seed: UInt64) {
    var random = RandomSource(seed: seed, stream: RandomStream.regions)
    waves = (0..<6).map { _ in
      let (direction, number) = (2 * Double.pi * random.uniform(), 0.5 + 2 * random.uniform())
      let vector = Point(cos(direction), sin(direction)) * (2 * Double.pi * number / period)
      return (vector, 2 * Double.pi * random.uniform())
    }
  }

  func height(at place: Point) -> Double {
    let sum = waves.reduce(0.0) { $0 + cos($1.vector.dot(place) + $1.phase) }
    return sum / (Double(waves.count) / 2).squareRoot()
  }
}
