import ArgumentParser
import TesseraSimulation

/// The synthetic motif patches of M22, Table S3, as options.
struct MotifOptions: ParsableArguments {
  @Option(help: "Corners of the polygon.") var corners = 3
  @Option(help: "Patches of class 1.") var first = 500
  @Option(help: "Patches of class 2.") var second = 500
  @Option(help: "Gaussian noise, in heights of a Gaussian.") var noise = 0.0
  @Option(help: "Poisson counts at height 1.") var counts: Double?
  @Option(help: "Standard deviation of the shift of each row in pixels.") var jitter = 0.0
  @Option var seed: UInt64 = 1

  var motifs: MotifPatches {
    var motifs = MotifPatches()
    motifs.corners = corners
    (motifs.firstCount, motifs.secondCount) = (first, second)
    (motifs.noise, motifs.counts, motifs.rowShift, motifs.seed) = (noise, counts, jitter, seed)
    return motifs
  }
}
