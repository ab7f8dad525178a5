import TesseraNumerics
import Testing

struct `Random numbers` {
  @Test func `are the same for the same seed and differ between streams`() {
    var (a, b) = (RandomSource(seed: 7), RandomSource(seed: 7))
    var c = RandomSource(seed: 7, stream: 1)
    #expect(a.next() == b.next())
    #expect(a.next() != c.next())
  }

  @Test func `between two bounds are the uniform ones, scaled`() {
    var (a, b) = (RandomSource(seed: 3), RandomSource(seed: 3))
    for _ in 0..<100 { #expect(a.between(-2, 3) == -2 + 5 * b.uniform()) }
    #expect(a.between(4, 4) == 4)
  }

  // Four standard errors of the mean and variance of 100,000 draws.
  @Test(arguments: [0.3, 5, 29, 31, 400]) func `of a Poisson law have equal mean and variance`(mean: Double) {
    var source = RandomSource(seed: 1)
    let draws = (0..<100_000).map { _ in source.poisson(mean) }
    let deviation = Statistics.deviation(draws)
    #expect(abs(Statistics.mean(draws) - mean) < 4 * (mean / 1e5).squareRoot())
    #expect(abs(deviation * deviation / mean - 1) < 4 * (2e-5 + 1e-5 / mean).squareRoot())
  }

  @Test func `of a normal law have unit variance`() {
    var source = RandomSource(seed: 2)
    let draws = (0..<100_000).map { _ in source.gaussian() }
    #expect(abs(Statistics.mean(draws)) < 4 / 1e5.squareRoot())
    #expect(abs(Statistics.deviation(draws) - 1) < 4 * 5e-6.squareRoot())
  }
}
