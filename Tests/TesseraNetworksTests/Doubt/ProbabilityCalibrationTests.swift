import Foundation
import TesseraNetworks
import TesseraNumerics
import Testing

struct `The calibration of probabilities` {
  typealias Example = ProbabilityCalibration.Example

  private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test func `changes nothing unless set`() {
    for value in [1e-6, 0.1, 0.5, 0.77, 1 - 1e-6] {
      #expect(abs(ProbabilityCalibration().probability(of: value) - value) < 1e-12)
    }
  }

  @Test func `is a line through the logits`() {
    let calibration = ProbabilityCalibration(slope: 2, offset: -1)
    #expect(abs(calibration.probability(of: 0.5) - logistic(-1)) < 1e-15)
    #expect(abs(calibration.probability(of: 0.8) - logistic(2 * log(4) - 1)) < 1e-15)
  }

  @Test(arguments: [-1, 0, 1, 2, .nan, .infinity]) func `is a probability whatever the value`(value: Double) {
    for calibration in [ProbabilityCalibration(), .init(slope: 300, offset: 5), .init(slope: -1e6, offset: 1e6)] {
      let p = calibration.probability(of: value)
      #expect(p >= 0 && p <= 1)
    }
  }

  /// Draws whose truth follows a known line.
  private func examples(_ slope: Double, _ offset: Double, count: Int) -> [Example] {
    var random = RandomSource(seed: 4)
    return (0..<count).map { _ in
      let logit = 8 * random.uniform() - 4
      return Example(value: logistic(logit), isTrue: random.uniform() < logistic(slope * logit + offset))
    }
  }

  @Test(arguments: [(1.0, 0.0), (0.5, 0.4), (2, -1)]) func `finds the line that made the examples`(
    line: (Double, Double)
  ) {
    let fit = ProbabilityCalibration(fitting: examples(line.0, line.1, count: 20_000))
    // Standard errors at 20,000 examples are about 0.02.
    #expect(abs(fit.slope - line.0) < 0.08 && abs(fit.offset - line.1) < 0.08)
  }

  @Test func `is at the summit of the likelihood`() {
    let examples = examples(0.7, 0.3, count: 500)
    let positive = Double(examples.count { $0.isTrue })
    let negative = Double(examples.count) - positive
    func loss(_ a: Double, _ b: Double) -> Double {
      examples.reduce(0) { sum, example in
        let p = ProbabilityCalibration(slope: a, offset: b).probability(of: example.value)
        let t = example.isTrue ? (positive + 1) / (positive + 2) : 1 / (negative + 2)
        return sum - t * log(p) - (1 - t) * log(1 - p)
      }
    }
    for hasOffset in [true, false] {
      let fit = ProbabilityCalibration(fitting: examples, hasOffset: hasOffset)
      if !hasOffset { #expect(fit.offset == 0) }
      let least = loss(fit.slope, fit.offset)
      for step in [-1e-3, 1e-3] {
        #expect(loss(fit.slope + step, fit.offset) > least)
        if hasOffset { #expect(loss(fit.slope, fit.offset + step) > least) }
      }
    }
  }

  /// Two values fix both numbers: the probabilities become Platt's targets.
  @Test func `of two values that separate true from false stays finite, and known`() {
    let examples = (0..<40).map { Example(value: $0 < 10 ? 0.9 : 0.2, isTrue: $0 < 10) }
    let fit = ProbabilityCalibration(fitting: examples)
    #expect(abs(fit.probability(of: 0.9) - 11.0 / 12) < 1e-6)
    #expect(abs(fit.probability(of: 0.2) - 1.0 / 32) < 1e-6)
  }

  @Test func `of examples of one kind, of one value or of none is finite`() {
    let cases: [[Example]] = [
      [], [Example(value: 0.4, isTrue: true)], (0..<9).map { Example(value: Double($0) / 8, isTrue: true) },
      (0..<9).map { Example(value: Double($0) / 8, isTrue: false) },
      (0..<10).map { Example(value: 0.5, isTrue: $0 < 3) }, (0..<10).map { Example(value: 1, isTrue: $0 < 7) },
      (0..<10).map { Example(value: $0 < 5 ? 0 : 1, isTrue: $0 < 5) },
    ]
    for examples in cases {
      for hasOffset in [true, false] {
        let fit = ProbabilityCalibration(fitting: examples, hasOffset: hasOffset)
        #expect(fit.slope.isFinite && fit.offset.isFinite)
      }
    }
    #expect(ProbabilityCalibration(fitting: []) == ProbabilityCalibration())
    // Of one value the share of true ones remains, but for the pseudo-examples.
    let half = ProbabilityCalibration(fitting: (0..<1000).map { Example(value: 0.5, isTrue: $0 < 300) })
    #expect(abs(half.probability(of: 0.5) - 0.3) < 0.005)
  }

  @Test func `lowers the calibration error`() {
    let examples = examples(0.4, 0.5, count: 5000)
    let truths = examples.map(\.isTrue)
    let raw = expectedCalibrationError(of: examples.map(\.value), areTrue: truths)
    let fit = ProbabilityCalibration(fitting: examples)
    let calibrated = expectedCalibrationError(of: examples.map { fit.probability(of: $0.value) }, areTrue: truths)
    #expect(raw > 0.1 && calibrated < 0.03)
  }

  @Test func `has an error of closed form`() {
    #expect(expectedCalibrationError(of: [1, 1, 0, 0], areTrue: [true, true, false, false]) == 0)
    #expect(expectedCalibrationError(of: [1, 0], areTrue: [false, true]) == 1)
    // Bin of 0.25: three, one true; bin of 0.95: one, true.
    let error = expectedCalibrationError(of: [0.25, 0.25, 0.25, 0.95], areTrue: [true, false, false, true])
    #expect(abs(error - (0.25 + 0.05) / 4) < 1e-15)
    #expect(expectedCalibrationError(of: [], areTrue: []).isNaN)
  }
}
