import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Strain from the positions of columns, in each grain against a reference of its own.
struct GrainStrain {
  /// The maps of the grains, joined.
  let map: StrainMap
  /// The strain at each column, of its own grain; nil where it is not known.
  let columnStrains: [LocalStrain?]
  /// Numbers of the grains in which the lattice is known nowhere, or the reference is of another grain.
  let leftOut: [Int]

  /// What is measured, in each grain alike.
  struct Setting {
    /// How the lattice is followed.
    var columns: ColumnStrain
    /// The lattice against which strain is measured: in a field, of the columns of a grain.
    var reference: (_ field: LatticeField, _ grain: Int) throws -> StrainReference.Resolved
    /// Direction along which exx is taken, from the reference, in radians.
    var axis: (LatticeVectors) -> Double
    /// Whether the errors are wanted pixel by pixel.
    var keepsErrors = true
  }

  /// Nil where no grain's lattice is known anywhere.
  /// - Parameters:
  ///   - positions: of the columns, in pixels, in the order of the labels of `grains`.
  ///   - covariances: of the errors of the positions; nil where none are known.
  /// - Throws: what the reference throws, where it is found in no grain.
  init?(
    of positions: [Point], covariances: [PlanarCovariance]?, in grains: Grains, size: (width: Int, height: Int),
    _ setting: Setting, name: String
  ) throws {
    var (fields, leftOut) = ([(grain: Int, field: StrainField)](), [Int]())
    var strains = [LocalStrain?](repeating: nil, count: positions.count)
    for (number, grain) in zip(1..., grains.grains) {
      do {
        let fit = try setting.columns.fit(of: positions, covariances: covariances, lattice: grain.lattice, name: name)
        let field = fit.field(width: size.width, height: size.height)
        guard field.isKnownSomewhere else {
          leftOut.append(number)
          continue
        }
        let reference = try setting.reference(field, number)
        let axis = setting.axis(reference.vectors)
        fields.append((number, StrainField(field, source: .columns, against: reference, axis: axis)))
        let own = fit.strains(at: positions, from: reference.vectors, axis: axis)
        for site in positions.indices where grains.grains.count == 1 || grains.labels[site] == number {
          strains[site] = own[site]
        }
      } catch let error as DataError where grains.grains.count > 1 {
        // A reference region may lie in one grain only.
        if fields.isEmpty && number == grains.grains.count { throw error }
        leftOut.append(number)
      }
    }
    guard
      let map = StrainMap(
        joining: fields, over: grains.map(positions: positions, width: size.width, height: size.height),
        keepsErrors: setting.keepsErrors)
    else { return nil }
    (self.map, columnStrains, self.leftOut) = (map, strains, leftOut)
  }

  /// Says in which grains strain is not measured; nil: in all it is.
  func warning(grainCount: Int) -> String? {
    leftOut.isEmpty
      ? nil
      : "strain is not measured in grain\(leftOut.count == 1 ? "" : "s") \(leftOut.map(String.init).joined(separator: ", ")) of "
        + "\(grainCount): the lattice is known nowhere there, or the reference is of another grain"
  }
}
