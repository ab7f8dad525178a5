import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Cross-sections of columns of 1, 2, 3, ... atoms, as a simulation gives them.
public struct CrossSectionLibrary: Sendable, Codable, Equatable {
  /// The unit of the cross-sections, which decides how they are compared with the image.
  public enum Unit: String, Sendable, Codable {
    /// The image holds fractions of the incident beam; a sum over pixels times their area is an area.
    case squareAngstroms, squareNanometres
    /// Sums of pixel values of the image.
    case image
  }
  /// Of columns of 1, 2, 3, ... atoms.
  public var crossSections: [Double]
  /// The unit of all `crossSections`.
  public var unit: Unit

  /// A library of two or more thicknesses; `crossSections` positive and rising, for 1, 2, 3, ... atoms.
  public init(crossSections: [Double], unit: Unit) { (self.crossSections, self.unit) = (crossSections, unit) }

  /// Reads a table with the columns `atoms` (1, 2, 3, ... in this order) and `cross_section_A2`, `cross_section_nm2` or
  /// `intensity`.
  public init(path: String) throws {
    let table = try CSVTable(path: path)
    let units: [(String, Unit)] = [
      ("cross_section_A2", .squareAngstroms), ("cross_section_nm2", .squareNanometres), ("intensity", .image),
    ]
    guard let atoms = table.column("atoms"),
      let found = units.lazy.compactMap({ name, unit in table.column(name).map { ($0, unit) } }).first
    else {
      throw FormatError(
        in: path,
        "has the columns \(table.header.joined(separator: ", ")); a library has atoms and one of cross_section_A2, cross_section_nm2 and "
          + "intensity (sums of pixel values)")
    }
    let numbers = try table.numbers(atoms)
    guard numbers == numbers.indices.map({ Double($0 + 1) }), numbers.count >= 2 else {
      throw FormatError(
        in: path, "lists other atoms than 1, 2, 3, ... in this order; a library has a line for each number")
    }
    self.init(crossSections: try table.numbers(found.0), unit: found.1)
    guard crossSections[0] > 0, zip(crossSections, crossSections.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw FormatError(in: path, "has cross-sections that are not positive or do not rise with the number of atoms")
    }
  }
}

/// A column whose number of atoms is known.
public struct KnownColumn: Sendable, Codable, Equatable {
  /// Its `id` in `counts.csv`, from 0.
  public var column: Int
  /// Number of atoms that stand in the column, 1 or more.
  public var atoms: Int
  /// Column number `column` of `counts.csv`, of `atoms` atoms.
  public init(column: Int, atoms: Int) { (self.column, self.atoms) = (column, atoms) }
}

extension CountMethod {
  /// Fractions of the incident beam do not exceed this; a little more is calibration.
  private static let brightestFraction: Float = 1.2

  /// The cross-sections of known atoms in the unit of the sites' intensities; nil where none are given.
  func knownSteps(for sites: Sites, in micrograph: Micrograph, _ image: Raster<Float>) throws -> KnownSteps? {
    if let reference {
      guard sites.sites.indices.contains(reference.column) else {
        throw DataError(
          "\(micrograph.name): there is no column \(reference.column); the image has columns 0 to \(sites.count - 1), as counts.csv of a run "
            + "without \(setting("known")) numbers them")
      }
      let own = sites[reference.column].intensity
      guard own.isFinite, own > 0 else {
        throw DataError(
          "\(micrograph.name): column \(reference.column) has no measured intensity; choose one away from the border")
      }
      let deviation = sites[reference.column].intensityError
      let error = deviation.isFinite ? deviation / own : 0
      let source = "column \(reference.column) of \(reference.atoms) atom\(reference.atoms == 1 ? "" : "s")"
      guard let library else {
        let one = own / Double(reference.atoms)
        return KnownSteps(
          crossSections: (1...max(counter.largestCount, reference.atoms + 1)).map { one * Double($0) },
          source: source + ", each atom adding as much", error: error)
      }
      guard reference.atoms <= library.crossSections.count else {
        throw DataError(
          "the library ends at \(library.crossSections.count) atoms, but column \(reference.column) has \(reference.atoms)"
        )
      }
      let scale = own / library.crossSections[reference.atoms - 1]
      return KnownSteps(
        crossSections: library.crossSections.map { $0 * scale },
        source: "a library of \(library.crossSections.count) thicknesses, scaled by \(source)", error: error)
    }
    guard let library else { return nil }
    var scale = 1.0
    if library.unit != .image {
      guard let calibration = micrograph.calibration else {
        throw DataError(
          "\(micrograph.name): cross-sections in Å² or nm² need the size of a pixel; give \(setting("pixel size")), or a column whose atoms are known "
            + "(\(setting("known")))")
      }
      guard let brightest = image.values.max(), brightest <= Self.brightestFraction else {
        throw DataError(
          "\(micrograph.name): cross-sections in Å² or nm² need an image in fractions of the incident beam, but its brightest pixel is "
            + "\(image.values.max() ?? .nan); divide it by the beam, or give a column whose atoms are known (\(setting("known")))"
        )
      }
      let area = calibration.nanometresPerPixelX * calibration.nanometresPerPixelY
      scale = 1 / (area * (library.unit == .squareAngstroms ? 100 : 1))
    }
    return KnownSteps(
      crossSections: library.crossSections.map { $0 * scale },
      source: "a library of \(library.crossSections.count) thicknesses")
  }
}
