/// How the loss fell.
public struct TrainingHistory: Sendable, Codable, Equatable {
  /// One validation.
  public struct Row: Sendable, Codable, Equatable {
    /// Steps taken.
    public var step: Int
    /// Rate of Adam at the last of them.
    public var learningRate: Double
    /// Loss of an image, mean over the steps since the row before, and over the validation images: of the map, and of the spacing.
    public var trainingMap, trainingSpacing, validationMap, validationSpacing: Double

    /// Loss of a validation image: that of the map and that of the spacing.
    public var validation: Double { validationMap + validationSpacing }
  }

  /// The validations, by rising step.
  public var rows: [Row] = []

  /// The history of a training that has not been validated yet.
  public init() {}

  /// The row with the lowest loss of validation.
  public var best: Row? { rows.min { $0.validation < $1.validation } }

  /// How many rows in a row, up to the last, have not lowered the loss by a thousandth.
  var idleRows: Int {
    var (lowest, idle) = (Double.infinity, 0)
    for row in rows {
      if row.validation < 0.999 * lowest { (lowest, idle) = (row.validation, 0) } else { idle += 1 }
    }
    return idle
  }
}
