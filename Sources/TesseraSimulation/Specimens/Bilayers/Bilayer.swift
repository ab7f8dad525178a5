import Foundation
import TesseraNumerics

/// Two hexagonal layers, one turned against the other: a moire pattern whose motifs pass into one another.
public struct Bilayer: Specimen, Equatable {
  /// What the layers are made of.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// One column per cell and layer; the second layer is dimmer. Source: [M22] Fig. S22.
    case s22
    /// MoS2: a metal and a chalcogen column a cell and layer, both layers alike.
    case mos2
  }

  /// Which columns the cell of each layer has.
  public var kind = Kind.s22
  /// Lattice constant of both layers in nm.
  public var latticeConstant = 0.3161
  /// Turn of the second layer against the first, in radians. Near 0 and near 60 degrees MoS2 differs.
  public var twist = 3.1 * Double.pi / 180
  /// By how much the twist grows along +x, in radians per nm: the second layer is bent, so that it is strained across, too.
  public var twistGradient = 0.0
  /// Strain of the turned second layer along x of the image; along y it has -1/4 of it.
  public var heterostrain = 0.0
  /// Turn of the first layer, in radians.
  public var angle = 0.0
  /// Weight of the second layer's columns relative to the first's (`s22` only).
  public var intensityRatio = 0.5
  /// Largest random displacement of a column, in lattice constants; uniform over a disc.
  public var largestJump = 0.0

  /// An `s22` bilayer with a twist of 3.1 degrees.
  public init() {}

  /// Both layers, with the number of the layer behind the name of each sublattice. Facts: `twist_degrees`, and
  /// `moire_period` in pixels.
  /// - Throws: `ParameterError` where a length is out of its range, or the image would hold too many columns.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(latticeConstant > 0, "lattice constant", is: latticeConstant, mustBe: "positive, in nm")
    try require(intensityRatio > 0, "intensity ratio", is: intensityRatio, mustBe: "positive")
    try require(largestJump >= 0, "largest jump", is: largestJump, mustBe: "0 or more, in lattice constants")
    var scene = Scene()
    var random = RandomSource(seed: request.seed, stream: RandomStream.displacements)
    let origin = randomOrigin(seed: request.seed, frame: request.frame)
    let pixels = latticeConstant / request.frame.nanometresPerPixel
    let field = BilayerField(of: self, frame: request.frame)
    try require(
      field.largestGradient < 0.2, "twist gradient and heterostrain",
      is: "\(field.largestGradient) at the edge of the image",
      mustBe: "less than 0.2 there, as a strain or a turn in radians")
    for layer in 1...2 {
      let turn = angle + (layer == 2 ? twist : 0)
      let crystal = try PlacedCrystal(crystal(layer: layer), angle: turn, origin: origin, request: request)
      let jump = largestJump * pixels
      var nodes = try crystal.nodes(
        in: request.frame, margin: request.reach + jump + field.largestMove, seed: request.seed)
      for index in nodes.indices {
        if layer == 2 { nodes[index].displacement += field.displacement(at: nodes[index].ideal) }
        if jump > 0 { nodes[index].displacement += random.inDisc(radius: jump) }
        nodes[index].sublattice += "-\(layer)"
        nodes[index].environment += "-\(layer)"
        nodes[index].environmentOriented += "-\(layer)"
      }
      scene.add(nodes, in: request.frame)
      scene.lattices.append(crystal.truth)
    }
    scene.facts["twist_degrees"] = twist * 180 / .pi
    scene.facts["moire_period"] = moirePeriod * pixels
    if !field.isZero {
      scene.facts["twist_gradient_degrees_per_nm"] = twistGradient * 180 / .pi
      scene.facts["heterostrain"] = heterostrain
      scene.twist = field.planes()
    }
    return scene
  }

  /// Distance between the nodes of the moire pattern, in lattice constants:
  ///
  ///     1 / (2 sin(θ/2)),
  ///
  /// with the twist θ taken to the nearest multiple of 60 degrees, under which each layer repeats.
  public var moirePeriod: Double {
    let sixty = Double.pi / 3
    let small = twist - (twist / sixty).rounded() * sixty
    return 1 / (2 * abs(sin(small / 2)))
  }

  private func crystal(layer: Int) -> Crystal {
    switch kind {
    case .s22:
      let column = CrystalColumn(
        place: .zero, atoms: ["X"], sublattice: "X", weight: layer == 1 ? 1 : intensityRatio)
      return Crystal(
        name: "layer", a: Point(latticeConstant, 0),
        b: Point(latticeConstant / 2, latticeConstant * 0.75.squareRoot()), columns: [column])
    case .mos2:
      var crystal = Crystal.mos2
      let scale = latticeConstant / crystal.a.length
      (crystal.a, crystal.b) = (crystal.a * scale, crystal.b * scale)
      return crystal
    }
  }
}

extension RandomSource {
  /// Uniform over a disc around the origin.
  mutating func inDisc(radius: Double) -> Point {
    while true {
      let point = Point(2 * uniform() - 1, 2 * uniform() - 1)
      if point.squaredLength <= 1 { return point * radius }
    }
  }
}
