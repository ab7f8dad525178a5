import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

struct `Known cross-sections` {
  /// Steps that shrink, as channelling makes them.
  private let steps = (1...12).map { Double($0) - 0.03 * Double($0 * $0) }

  @Test func `count atoms exactly where the noise is small`() throws {
    var random = RandomSource(seed: 2)
    let truth = (0..<300).map { 1 + $0 * 7 % 12 }
    let values = truth.map { steps[$0 - 1] + 0.03 * random.gaussian() }
    var counter = AtomCounter()
    counter.known = KnownSteps(crossSections: steps, source: "a test")
    let result = try counter.counts(of: values, errors: values.map { _ in 0.03 })
    #expect(result.counts == truth)
    #expect(result.source == "a test" && result.isStepDetermined && result.beyondCount == 0)
  }

  /// A column that is known to 15 % tells one atom from two, and not eleven from twelve.
  @Test func `are doubted where they are not known well`() throws {
    var counter = AtomCounter()
    counter.known = KnownSteps(crossSections: steps, source: "a test", error: 0.15)
    let thick = try counter.counts(of: steps, errors: steps.map { _ in 0.03 })
    #expect(thick.stepDoubt == .reference && !thick.isStepDetermined)
    let thin = try counter.counts(of: [1, 0.97], errors: [0.03, 0.03])
    #expect(thin.counts == [1, 1] && thin.isStepDetermined)
  }

  /// A known column of 14 atoms that is said to be of three, or of 13; double the number suits as well.
  @Test func `are doubted where columns lie between them`() throws {
    var random = RandomSource(seed: 4)
    let values = (0..<300).map { Double(1 + $0 % 15) + 0.05 * random.gaussian() }
    for (scale, doubt) in [(1.0, nil), (14.0 / 3, AtomCounter.StepDoubt.given), (14.0 / 13, .given), (0.5, nil)] {
      var counter = AtomCounter()
      counter.known = KnownSteps(crossSections: (1...40).map { scale * Double($0) }, source: "a test")
      #expect(try counter.counts(of: values, errors: values.map { _ in 0.05 }).stepDoubt == doubt, "\(scale)")
    }
    // As unsure as the columns are, nothing tells.
    var counter = AtomCounter()
    counter.known = KnownSteps(crossSections: steps, source: "a test")
    #expect(try counter.counts(of: values, errors: values.map { _ in 0.4 }).stepDoubt == nil)
  }

  /// Scatter beyond the stated errors makes numbers less sure, and their probabilities say so.
  @Test func `are as sure as they are right`() throws {
    var random = RandomSource(seed: 5)
    let truth = (0..<2_000).map { 1 + $0 * 7 % 12 }
    let values = truth.map { steps[$0 - 1] + 0.25 * random.gaussian() }
    var counter = AtomCounter()
    counter.known = KnownSteps(crossSections: steps, source: "a test")
    let result = try counter.counts(of: values, errors: values.map { _ in 0.05 })
    let counted = result.counts.indices.filter { result.counts[$0] > 0 }
    let right = Double(counted.count { result.counts[$0] == truth[$0] }) / Double(counted.count)
    #expect(abs(right - Statistics.mean(counted.map { result.probabilities[$0] })) < 0.04)
    #expect(right < 0.9)
  }

  @Test func `leave out what is brighter than all of them`() throws {
    var counter = AtomCounter()
    counter.known = KnownSteps(crossSections: [1, 2, 3], source: "a test")
    let result = try counter.counts(of: [1, 2, 3, 2, 9])
    #expect(result.counts == [1, 2, 3, 2, 0] && result.beyondCount == 1)
    counter.known = KnownSteps(crossSections: [1, 2, 2], source: "a test")
    #expect(throws: ParameterError.self) { try counter.counts(of: [1, 2, 3]) }
  }

  /// A histogram of few columns a thickness does not tell the step.
  @Test func `are missed where the histogram has no peaks`() throws {
    var random = RandomSource(seed: 3)
    let values = (0..<140).map { _ in 1 + 20 * random.uniform() }
    var counter = AtomCounter()
    counter.evidence = .histogram
    let result = try counter.counts(of: values, errors: values.map { 0.012 * $0 })
    #expect(!result.isStepDetermined)
  }

  @Test func `are read from a table`() throws {
    let folder = TemporaryFolder()
    func library(_ text: String) throws -> CrossSectionLibrary {
      try Data(text.utf8).write(to: URL(filePath: folder / "library.csv"))
      return try CrossSectionLibrary(path: folder / "library.csv")
    }
    let found = try library("atoms,cross_section_A2\n1,0.02\n2,0.05\n3,0.08\n")
    #expect(found == CrossSectionLibrary(crossSections: [0.02, 0.05, 0.08], unit: .squareAngstroms))
    for text in ["atoms,area\n1,2\n2,3\n", "atoms,intensity\n1,2\n3,3\n", "atoms,intensity\n1,2\n2,1\n"] {
      #expect(throws: (any Error).self) { try library(text) }
    }
  }
}
