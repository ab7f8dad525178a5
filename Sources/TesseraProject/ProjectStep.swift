import TesseraMethods

/// One thing that was done in a project; each can be undone.
public enum ProjectStep: Sendable, Equatable {
  /// The image was analysed.
  case analysis(Analysis)
  /// The class tree of the last analysis was changed.
  case tree(TreeAction)
  /// The list of columns of the last analysis was corrected.
  case correction(Correction)

  /// The image was measured by another method than that of `analyze`.
  case measurement(Measurement)

  /// A run of `strain`, `segment`, `particles` or `moire`.
  public struct Measurement: Sendable, Codable, Equatable {
    /// The command that ran.
    public var command: String
    /// Number of the files that it wrote, in the project.
    public var result: Int64
    /// The options that a person set, by name, without their dashes; flags have an empty value.
    public var settings: [String: String]
    /// Whether the columns of the analysis were given to it.
    public var usesColumns: Bool
    /// What was drawn to say which pattern lies where; empty where nothing was.
    public var scribbles: [Scribble]
    /// What the command would have printed.
    public var sentences, warnings: [String]

    /// A measurement whose files the project keeps under the number `result`.
    public init(
      command: String, result: Int64, settings: [String: String], usesColumns: Bool = false, scribbles: [Scribble] = [],
      sentences: [String] = [], warnings: [String] = []
    ) {
      (self.command, self.result, self.settings) = (command, result, settings)
      (self.usesColumns, self.scribbles) = (usesColumns, scribbles)
      (self.sentences, self.warnings) = (sentences, warnings)
    }
  }

  /// A run of `analyze`.
  public struct Analysis: Sendable, Codable, Equatable {
    /// Number of the files that it wrote, in the project.
    public var result: Int64
    /// The options that a person set, by name, without their dashes; flags have an empty value.
    public var settings: [String: String]
    /// Options of the same form that the program took over from the analysis before, which had chosen them from the image; nil where there
    /// are none, and in a project of an older program.
    public var kept: [String: String]?
    /// Where the columns of the result come from.
    public var columns: Columns
    /// How many sites the result has.
    public var siteCount: Int
    /// What the command would have printed.
    public var sentences, warnings: [String]

    /// An analysis whose files the project keeps under the number `result`.
    public init(
      result: Int64, settings: [String: String], kept: [String: String]? = nil, columns: Columns, siteCount: Int,
      sentences: [String] = [], warnings: [String] = []
    ) {
      (self.result, self.settings, self.kept) = (result, settings, kept)
      (self.columns, self.siteCount) = (columns, siteCount)
      (self.sentences, self.warnings) = (sentences, warnings)
    }

    /// The options with which the command gives the same result.
    public var allSettings: [String: String] { settings.merging(kept ?? [:]) { own, _ in own } }
  }

  /// Where the columns of an analysis come from.
  public enum Columns: String, Sendable, Codable {
    /// Found in the image, as `analyze` does.
    case found
    /// Those of the analysis before, as a person corrected them.
    case corrected
    /// The map of the network, with the filter that a person set.
    case map
  }

  /// What a list of steps calls it.
  public var text: String {
    switch self {
    case .analysis(let analysis):
      switch analysis.columns {
      case .found: "analysis"
      case .corrected: "analysis with corrected columns"
      case .map: "analysis with the columns of the network"
      }
    case .tree(let action): action.title
    case .measurement(let measurement):
      switch measurement.command {
      case "segment": measurement.scribbles.isEmpty ? "segmentation" : "segmentation by scribbles"
      default: measurement.command
      }
    case .correction(.add(let points)): points.count == 1 ? "one column added" : "\(points.count) columns added"
    case .correction(.remove(let sites)): sites.count == 1 ? "one column removed" : "\(sites.count) columns removed"
    case .correction(.move(let moves)): moves.count == 1 ? "one column moved" : "\(moves.count) columns moved"
    }
  }
}
