import Foundation
import TesseraImaging
import TesseraNumerics

/// Where in an image the waves of one lattice are missing, or out of step with themselves elsewhere: a grain, a bend, or nothing to be seen.
///
/// In blocks of a few lattice constants the image is compared with the waves that were fitted in all of it: Σ image · waves / Σ waves² is 1
/// where the lattice goes on, and 0 on average where another one stands, whose waves run in and out of step with these.
struct LatticeGaps {
  /// Side of a block in lattice constants: in fewer the waves of another lattice stay in step.
  private static let blockConstants = 3.0
  /// At most so many blocks along a side.
  private static let mostBlocks = 24
  /// Where the lattice has less than this part of its usual amplitude it is missing: halfway from what it is where it goes on.
  private static let leastPart = 0.5
  /// Errors of a block by which its amplitude lies below that; among some hundred blocks of noise hardly one does.
  private static let errors = 3.0
  /// Smaller shares are the holes, steps and dirt of any specimen.
  private static let leastShare = 0.02

  /// Part of the image in which the lattice is missing, 0 ... 1.
  let share: Double
  private let blocks: FieldBlocks

  /// Nil where the lattice lies everywhere.
  /// - Parameters:
  ///   - outcome: the waves of one lattice, fitted in all of the image.
  ///   - image: the image that they were fitted to.
  init?(of outcome: LayerFit.Outcome, in image: Raster<Float>) {
    let shorter = Double(min(image.width, image.height))
    let perSide = min(
      Self.mostBlocks, Int(saturating: shorter / (Self.blockConstants * outcome.lattices[0].constant)))
    guard perSide > 1 else { return nil }
    let all = FieldBlocks(width: image.width, height: image.height, perSide: perSide, isUsed: nil)
    let parts = all.used.map { block -> (part: Double, error: Double) in
      var (product, square) = (0.0, 0.0)
      for y in all.rows(of: block) {
        for x in all.columns(of: block) {
          let wave = Double(outcome.model[x, y])
          product += Double(image[x, y]) * wave
          square += wave * wave
        }
      }
      return square > 0 ? (product / square, outcome.residualDeviation / square.squareRoot()) : (1, 0)
    }
    let usual = Statistics.median(parts.map(\.part))
    let isMissing = parts.map { $0.part + Self.errors * $0.error < Self.leastPart * usual }
    guard isMissing.contains(true) else { return nil }
    blocks = FieldBlocks(width: image.width, height: image.height, perSide: perSide, isUsed: isMissing)
    share = blocks.share
    guard share >= Self.leastShare else { return nil }
  }

  /// The rectangle around all blocks in which the lattice is missing, with zeros where it lies.
  func part(of image: Raster<Float>) -> Raster<Float> {
    let (columns, rows) = (blocks.used.map(blocks.columns(of:)), blocks.used.map(blocks.rows(of:)))
    let (left, top) = (columns.map(\.lowerBound).min() ?? 0, rows.map(\.lowerBound).min() ?? 0)
    let (right, bottom) = (columns.map(\.upperBound).max() ?? 0, rows.map(\.upperBound).max() ?? 0)
    return blocks.cleared(image).cropped(x: left, y: top, width: right - left, height: bottom - top)
  }
}
