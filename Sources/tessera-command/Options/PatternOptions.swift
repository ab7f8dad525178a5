import ArgumentParser
import TesseraMethods

/// Where the patterns of an image come from, within which its lattices are sought.
struct PatternOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Phases and grains: auto (the image is divided by local symmetry), none (it is one), or a result folder of `segment` for the same "
        + "image or its segmentation.tif. Patterns that share no lattice have one each.", valueName: "patterns"),
    completion: .file(), transform: PatternSource.init(rawValue:))
  var patterns = PatternSource.image
}
