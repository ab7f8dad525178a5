import Foundation
import TesseraLearning
import TesseraNumerics
import Testing

struct `Clusterings with a given number` {
  private let blobs = Blobs(900, classes: 5, dimensions: 12, deviation: 0.3)

  @Test func `find separable classes`() throws {
    #expect(
      LabelScores(try KMeans(count: 5).classes(of: blobs.features, seed: 1).labels, truth: blobs.labels).accuracy == 1)
    for family in GaussianMixture.Covariance.allCases {
      let mixture = GaussianMixture(count: 5, covariance: family)
      let labels = try mixture.classes(of: blobs.features, seed: 1).labels
      #expect(LabelScores(labels, truth: blobs.labels).accuracy == 1, "\(family)")
    }
    var search = NeighbourSearch()
    search.metric = .euclidean
    let graph = NeighbourGraph(try search.table(of: blobs.features))
    let labels = try SpectralClustering(count: 5).classes(of: graph, seed: 1).labels
    #expect(LabelScores(labels, truth: blobs.labels).accuracy == 1)
  }

  @Test func `make no more classes than there are samples`() throws {
    let two = Matrix<Float>(rows: 2, columns: 2, values: [0, 0, 1, 1])
    #expect(try KMeans(count: 5).classes(of: two, seed: 1).count == 2)
    #expect(try GaussianMixture(count: 5).classes(of: two, seed: 1).count == 2)
  }

  @Test func `end where nobody waits for them`() {
    let signal = StopSignal()
    signal.stop()
    StopSignal.$current.withValue(signal) {
      #expect(throws: CancellationError.self) { try KMeans(count: 5).fit(blobs.features, seed: 1) }
      let labels = blobs.labels.map { $0 - 1 }
      #expect(throws: CancellationError.self) {
        try GaussianMixture(count: 5).fit(blobs.features, startingFrom: labels)
      }
      #expect(throws: CancellationError.self) { try ForceRelaxedLayout().layout(of: blobs.features, seed: 1) }
    }
  }

  @Test func `bear equal samples`() throws {
    let same = Matrix<Float>(rows: 20, columns: 3, filling: 2)
    #expect(try KMeans(count: 2).classes(of: same, seed: 1).labels.count == 20)
    #expect(try GaussianMixture(count: 2).classes(of: same, seed: 1).confidence.allSatisfy(\.isFinite))
  }
}

struct `k-means` {
  /// The best split of points on a line is between neighbours; all splits can be tried.
  @Test func `finds the least inertia`() throws {
    var random = RandomSource(seed: 2)
    let values = (0..<40).map { _ in Float(random.gaussian()) }.sorted()
    func inertia(_ part: ArraySlice<Float>) -> Double {
      part.reduce(0) { $0 + pow(Double($1) - Statistics.mean(Array(part)), 2) }
    }
    let least = (1..<40).map { inertia(values[..<$0]) + inertia(values[$0...]) }.min()!
    let fit = try KMeans(count: 2).fit(Matrix(rows: 40, columns: 1, values: values), seed: 1)
    #expect(abs(fit.inertia - least) < 1e-6 * least)  // Centred in Float.
  }
}

struct `Gaussian mixtures` {
  /// With one component the answer is the sample mean and covariance, and the likelihood has a closed form.
  @Test func `of one component are the sample moments`() throws {
    let table = Blobs(300, classes: 1, dimensions: 3, deviation: 1).features
    let fit = try GaussianMixture(count: 1).fit(table, seed: 1)
    let mean = columnMeans(of: table)
    let covariance = scatter(of: table, mean: mean).map { $0 / 300 }
    for (a, b) in zip(fit.means.values, mean) { #expect(abs(a - b) < 1e-6) }
    // The regularisation adds a millionth of the mean variance.
    for (a, b) in zip(fit.covariances[0].values, covariance.values) { #expect(abs(a - b) < 3e-6) }
    let eigenvalues = covariance.symmetricEigen()!.values
    let expected = -150 * (3 * log(2 * .pi) + eigenvalues.reduce(0) { $0 + log($1) } + 3)
    #expect(abs(fit.logLikelihood - expected) < 1e-2)
    #expect(fit.parameterCount == 9 && abs(fit.icl - fit.bic) < 1e-9)
  }

  @Test(arguments: GaussianMixture.Covariance.allCases)
  func `grow more likely with each step`(family: GaussianMixture.Covariance) throws {
    let blobs = Blobs(400, classes: 3, dimensions: 4, deviation: 0.4)
    // Every third sample begins in a wrong class, so that there is a way to go.
    let start = blobs.labels.enumerated().map { ($1 + ($0.isMultiple(of: 3) ? 1 : 0)) % 3 }
    var likelihoods: [Double] = []
    for steps in 1...15 {
      var mixture = GaussianMixture(count: 3, covariance: family)
      mixture.stepLimit = steps
      mixture.tolerance = 0
      let fit = try mixture.fit(blobs.features, startingFrom: start)
      // The regularisation is outside the likelihood.
      if let previous = likelihoods.last { #expect(fit.logLikelihood >= previous - 1e-3) }
      #expect(fit.responsibilities.rows == 400 && abs(fit.responsibilities.row(7).reduce(0, +) - 1) < 1e-12)
      likelihoods.append(fit.logLikelihood)
    }
    // At a fixed point nothing would be tested: from this start the steps gain nats, not thousandths.
    #expect(likelihoods[14] > likelihoods[0] + 1)
  }

  @Test func `find the right number by their criteria`() throws {
    let blobs = Blobs(600, classes: 3, dimensions: 2, deviation: 0.15, seed: 3)
    let fits = try (1...5).map { try GaussianMixture(count: $0).fit(blobs.features, seed: 1) }
    #expect(fits.indices.min { fits[$0].bic < fits[$1].bic } == 2)
    #expect(fits.indices.min { fits[$0].icl < fits[$1].icl } == 2)
  }
}
