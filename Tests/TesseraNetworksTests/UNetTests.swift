import TesseraNetworks
import TesseraNumerics
import TestSupport
import Testing

struct `A U-Net` {
  static let architectures: [UNetArchitecture] = {
    var wide = UNetArchitecture(channels: [4], bottomChannels: 3)
    (wide.kernelSize, wide.outputActivation, wide.outputChannels) = (5, .none, 3)
    return [smallArchitecture, .particles, wide]
  }()

  @Test(.slow, arguments: architectures) func `gives in tiles what it gives of the whole image`(shape: UNetArchitecture)
    throws
  {
    let network = try randomNetwork(shape)
    let image = randomImage(width: 401, height: 275)
    let whole = try network.maps(of: image)
    #expect(whole.tileCount == 1)
    for side in [64, 100] {
      let tiled = try network.maps(of: image, tileSide: side)
      #expect(tiled.tileCount >= 12)
      for (part, all) in zip(tiled.maps, whole.maps) { #expect(largestDifference(part.values, all.values) < 1e-5) }
      if let spacing = whole.spacing { #expect(abs(try #require(tiled.spacing) - spacing) < 1e-5) }
    }
    #expect((whole.spacing == nil) == (shape.spacingBranch == nil))
  }

  /// The test above would also pass with too small a reach if what lies beyond mattered little.
  @Test(arguments: architectures) func `reaches no farther than it says`(shape: UNetArchitecture) throws {
    // Positive weights alone: whatever is reached is raised.
    let weights = randomNumbers(shape.weightCount, scale: 0.1, seed: 2).map { abs($0) }
    var linear = shape
    (linear.outputActivation, linear.outputChannels) = (.none, 1)
    let network = try UNet(linear, weights: Array(weights.prefix(linear.weightCount)))
    let reach = shape.reach
    let side = TileSide.roundedUp(2 * reach + 4 * shape.multiple, to: shape.multiple)
    var farthest = 0
    for offset in [0, 1, shape.multiple - 1] {
      var image = Raster(width: side, height: shape.multiple, filling: Float(0))
      let dark = try network.maps(of: image).maps[0]
      let place = side / 2 / shape.multiple * shape.multiple + offset
      image[place, 0] = 1e3
      let lit = try network.maps(of: image).maps[0]
      for x in 0..<side where (0..<shape.multiple).contains(where: { lit[x, $0] != dark[x, $0] }) {
        farthest = max(farthest, abs(x - place))
      }
    }
    #expect(farthest <= reach)
    #expect(farthest > reach / 2)
  }

  @Test func `of nanoparticles reaches 92 pixels and has 65,490 numbers, 488 of them statistics`() {
    #expect(UNetArchitecture.particles.reach == 92)
    // Folded, gamma and beta (488 numbers, as many as statistics) have gone into kernels and bias as well.
    #expect(UNetArchitecture.particles.weightCount == 65_490 - 2 * 488)
  }

  /// With them an image of 800 x 800 pixels takes 117 thousand million products, as A23 says.
  @Test func `of atoms reaches 107 pixels and has 7.9 million numbers`() {
    let shape = UNetArchitecture.atoms
    #expect(shape.multiple == 16 && shape.reach == 107)
    #expect(shape.weightCount == 7_907_362)
  }

  @Test(arguments: [(1, 1), (3, 200), (17, 16)]) func `takes images of any size`(size: (Int, Int)) throws {
    let result = try randomNetwork(.particles).maps(of: randomImage(width: size.0, height: size.1))
    #expect(result.maps.count == 2)
    #expect(result.maps.allSatisfy { $0.width == size.0 && $0.height == size.1 && $0.values.allSatisfy(\.isFinite) })
  }

  @Test func `gives the same bytes on any number of threads`() throws {
    let network = try randomNetwork(smallArchitecture)
    let image = randomImage(width: 300, height: 200)
    let alone = try Workers.$limit.withValue(1) { try network.maps(of: image, tileSide: 128) }
    for threads in [2, 5] {
      let several = try Workers.$limit.withValue(threads) { try network.maps(of: image, tileSide: 128) }
      #expect(several == alone)
    }
  }

  @Test(arguments: architectures) func `keeps the order of its weights`(shape: UNetArchitecture) throws {
    let weights = randomNumbers(shape.weightCount, seed: 4)
    #expect(try UNet(shape, weights: weights).weights == weights)
  }

  @Test func `pools what its architecture says`() throws {
    var shape = UNetArchitecture.particles
    let network = try randomNetwork(shape)
    let image = randomImage(width: 64, height: 64)
    shape.poolInput = .rectified
    let other = try randomNetwork(shape)
    #expect(try network.maps(of: image) != other.maps(of: image))
  }

  @Test func `refuses numbers out of range, with what would be right`() throws {
    var shape = smallArchitecture
    shape.kernelSize = 4
    #expect(throws: ParameterError("size of the kernels must be 1, 3, 5 or 7, but is 4")) { try shape.check() }
    shape = smallArchitecture
    shape.channels = [1 << 40]
    #expect(throws: ParameterError.self) { try shape.check() }
    shape.channels = []
    #expect(throws: ParameterError.self) { try shape.check() }
    shape = smallArchitecture
    shape.spacingBranch = [0]
    #expect(throws: ParameterError.self) { try shape.check() }
    #expect(throws: ParameterError.self) { try UNet(smallArchitecture, weights: [1, 2, 3]) }
    let network = try randomNetwork(smallArchitecture)
    #expect(throws: ParameterError.self) { try network.maps(of: randomImage(width: 8, height: 8), tileSide: 0) }
    #expect(throws: DataError.self) { try network.maps(of: Raster(width: 0, height: 0, values: [])) }
  }
}

private enum TileSide {
  static func roundedUp(_ number: Int, to multiple: Int) -> Int { (number + multiple - 1) / multiple * multiple }
}
