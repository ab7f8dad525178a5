import TesseraNumerics
import TesseraStructure

extension Grains {
  /// What divides grains that are domains of one crystal, a sentence per pair.
  /// - Parameter positions: of all sites, in pixels.
  func boundarySentences(positions: [Point]) -> [String] {
    translations(positions: positions).map {
      "grains \($0.first) and \($0.second) have one lattice, shifted from one to the other by \(Text.fixed($0.shift, 2)) of its vectors "
        + "u and v: a translation boundary, as a stacking fault or an antiphase boundary, divides them"
    }
  }
}
