import TesseraNetworks
import TesseraNumerics
import Testing

struct `The spread of training images` {
  /// Normal numbers of standard deviations 1, 10 and 0.1 about (5, 0, -2), and a fourth channel that never speaks.
  private func samples(_ count: Int, seed: UInt64) -> [[Float]] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in
      [Float(5 + random.gaussian()), Float(10 * random.gaussian()), Float(-2 + 0.1 * random.gaussian()), 3]
    }
  }

  @Test func `measures distances in standard deviations along each axis`() throws {
    let spread = try TrainingSpread(of: samples(4000, seed: 1), heldOut: samples(1000, seed: 2))
    #expect(spread.axes.count == 3)
    #expect(spread.distance(of: spread.mean) < 1e-6)
    // Seven deviations along one of three axes.
    for (channel, step) in [(0, 7), (1, 70), (2, 0.7)] as [(Int, Float)] {
      var means = spread.mean
      means[channel] += step
      #expect(abs(spread.distance(of: means) / (7 / 3.0.squareRoot()) - 1) < 0.06)
    }
  }

  @Test func `follows channels that vary together`() throws {
    var random = RandomSource(seed: 3)
    let samples = (0..<3000).map { _ -> [Float] in
      let (a, b) = (random.gaussian(), 0.1 * random.gaussian())
      return [Float(a + b), Float(a - b)]
    }
    let spread = try TrainingSpread(of: samples, heldOut: samples)
    // One step along the diagonal is usual, the same step across it is ten deviations.
    #expect(spread.distance(of: [1, 1]) < 1)
    #expect(spread.distance(of: [1, -1]) > 6)
  }

  @Test func `has a limit that all but one in two hundred held-out images keep`() throws {
    let spread = try TrainingSpread(of: samples(4000, seed: 1), heldOut: samples(4000, seed: 2))
    let fresh = samples(4000, seed: 5)
    let share = Double(fresh.count { spread.distance(of: $0) > spread.limit }) / 4000
    #expect((0.002...0.009).contains(share))
    // χ² of three degrees of freedom: 12.84 at .995.
    #expect(abs(spread.limit / (12.84 / 3).squareRoot() - 1) < 0.06)
  }

  @Test func `is not made of too little`() {
    #expect(throws: DataError.self) { try TrainingSpread(of: [[1, 2]], heldOut: [[1, 2]]) }
    #expect(throws: DataError.self) { try TrainingSpread(of: [[1, 2], [2, 3]], heldOut: []) }
    #expect(throws: DataError.self) { try TrainingSpread(of: [[1, 2], [2]], heldOut: [[1, 2]]) }
    #expect(throws: DataError.self) { try TrainingSpread(of: [[1, .nan], [2, 3]], heldOut: [[1, 2]]) }
    #expect(throws: DataError.self) { try TrainingSpread(of: [[1, 2], [1, 2]], heldOut: [[1, 2]]) }
    #expect(throws: DataError.self) { try TrainingSpread(of: [[], []], heldOut: [[]]) }
  }

  @Test func `sees the means at the bottom of a network, whatever the tiles`() throws {
    let network = try randomNetwork(smallArchitecture)
    let image = randomImage(width: 150, height: 90)
    let (whole, tiled) = (try network.maps(of: image), try network.maps(of: image, tileSide: 32))
    #expect(tiled.tileCount > 1 && whole.bottomMeans.count == 6)
    #expect(largestDifference(whole.bottomMeans, tiled.bottomMeans) < 1e-5)
    var plain = smallArchitecture
    plain.spacingBranch = nil
    let means = try randomNetwork(plain).maps(of: image).bottomMeans
    #expect(largestDifference(means, whole.bottomMeans) < 1e-6)
  }
}
