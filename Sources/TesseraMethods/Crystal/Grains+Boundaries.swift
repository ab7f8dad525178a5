import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension Grains {
  /// What divides grains that are domains of one crystal, a sentence per pair.
  /// - Parameters:
  ///   - positions: of all sites, in pixels.
  ///   - jumps: of the scan; where there are any, they may have shifted what lies below.
  func boundarySentences(positions: [Point], jumps: @autoclosure () -> ScanJumps) -> [String] {
    let pairs = translations(positions: positions)
    guard !pairs.isEmpty else { return [] }
    let cause =
      jumps().jumps.isEmpty
      ? "a translation boundary, as a stacking fault or an antiphase boundary, divides them"
      : "a jump of the scan, of which there are some, or a translation boundary divides them"
    return pairs.map {
      "grains \($0.first) and \($0.second) have one lattice, shifted from one to the other by \(Text.fixed($0.shift, 2)) of its vectors "
        + "u and v: " + cause
    }
  }
}
