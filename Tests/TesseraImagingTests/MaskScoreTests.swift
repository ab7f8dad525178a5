import TesseraImaging
import TesseraNumerics
import Testing

struct `Scores of masks` {
  private func mask(_ values: [Float]) -> Raster<Float> { Raster(width: values.count, height: 1, values: values) }

  @Test func `follow their formulas`() {
    let score = MaskScore(mask([255, 255, 255, 0, 0, .nan]), truth: mask([1, 1, 0, 1, 0, 0]))
    #expect(score.truePositives == 2 && score.falsePositives == 1 && score.falseNegatives == 1)
    #expect(score.dice == 2.0 / 3 && score.iou == 0.5 && score.precision == 2.0 / 3 && score.recall == 2.0 / 3)
  }

  @Test func `pool the pixels of several images`() {
    let pooled = MaskScore(mask([1, 0]), truth: mask([1, 1])) + MaskScore(mask([1, 1]), truth: mask([1, 0]))
    #expect(pooled.dice == 2.0 * 2 / 6 && pooled.iou == 0.5)
  }

  @Test func `are defined for empty masks`() {
    #expect(MaskScore(mask([0, 0]), truth: mask([0, 0])).dice == 1)
    let missed = MaskScore(mask([0, 0]), truth: mask([0, 1]))
    #expect(missed.dice == 0 && missed.precision == 0 && missed.recall == 0)
  }
}
