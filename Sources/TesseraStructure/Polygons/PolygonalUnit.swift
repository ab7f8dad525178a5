import TesseraNumerics

/// One polygon of the net of columns.
public struct PolygonalUnit: Sendable, Equatable {
  /// What stands in the middle.
  public enum Filling: String, Sendable, Codable, CaseIterable {
    /// No column, or one of less than .15 of the wall's height.
    case empty
    /// Partly filled: a column of .15 to .65 of the wall's height, which V gives between Mo.
    case partly = "V"
    /// A column of more than .65 of the wall's height.
    case filled
  }

  /// Number of corners, 4 or more.
  public var sides: Int { corners.count }
  /// Numbers of the columns at the corners, from +x towards +y.
  public var corners: [Int]
  /// Number of the column in the middle; nil where none was found, which says nothing of the filling.
  public var middle: Int?
  /// Mean of the corners, in pixels.
  public var centre: Point
  /// In square pixels.
  public var area: Double
  /// Mean distance of the corners from the centre, in pixels.
  public var radius: Double
  /// Whether each corner has as many bonds as corners of this net usually have. If one has not, a column is missing, doubled or misplaced
  /// there, or the net has a defect: the number of sides is then not sure.
  public var isRegularlyBonded = true
  /// See `PolygonShape`: 1 for a regular polygon.
  public var regularity: Double
  /// Height of a column in the middle over the median wall's, and its standard error; NaN where they could not be measured.
  public var amplitude = Double.nan, amplitudeError = Double.nan
  /// Nil where the amplitude is unknown.
  public var filling: Filling?
  /// Probability that `filling` is right, 0 ... 1.
  public var fillingProbability = Double.nan
  /// Whether the map of n-fold symmetry has a maximum there; nil where it could not be tested.
  public var agrees: Bool?

  /// A unit whose filling has not been measured yet.
  /// - Parameters:
  ///   - corners: numbers of the columns at the corners, from +x towards +y.
  ///   - middle: number of the column in the middle; nil where none was found.
  ///   - centre: mean of the corners, in pixels.
  ///   - area: in square pixels.
  ///   - radius: mean distance of the corners from the centre, in pixels.
  ///   - regularity: 1 for a regular polygon.
  public init(corners: [Int], middle: Int? = nil, centre: Point, area: Double, radius: Double, regularity: Double) {
    (self.corners, self.middle, self.centre) = (corners, middle, centre)
    (self.area, self.radius, self.regularity) = (area, radius, regularity)
  }
}
