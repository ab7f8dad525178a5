import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

extension MotifMethod {
  /// Brightness that changes by less than these factors hides no kinds: all of them, or some of several.
  private static let (leastRatio, largeRatio) = (1.1, 1.3)
  /// Where more of the whole change than this happens from one column to the next, brightness changes in steps, which are no slow change.
  private static let largestSteepness = 0.2

  /// The classes that the sites form by all that their patches show; where brightness that changes slowly hides the kinds there are, by
  /// what they show without it.
  ///
  /// Brightness that drifts, with thickness, contamination or illumination, outweighs all else, and what classes there are drown in it. So
  /// the sites are sorted with their brightness levelled as well, where the columns share a lattice and it changes much, or the motifs seem to
  /// change gradually or to be all alike; that stands if it shows more kinds. Without a lattice, or where levelling shows none, they are sorted
  /// without the mean brightness of their patches, which needs nothing but these.
  func bestAccount(
    of stage: ArrangedStage, in prepared: Preparation.Prepared, seed: UInt64
  ) throws -> MotifAccount {
    let (crystal, patches, found) = (stage.crystal, stage.patches, stage.crystal.found)
    let scan = ScanErrors(in: prepared.image, spacing: found.sites.meanSpacing ?? 0, jumps: patches.jumps)
    let noise = Self.momentNoise(found, prepared.image, basis: patches.basis)
    // Where the scan jumps, what lies below is on other nodes.
    let sublattices = patches.jumps.jumps.isEmpty ? crystal.sublattices : crystal.sites.sites.map { _ in 0 }
    /// What a method makes of patches and what describes them; laid out unless that was done before.
    func sorted(
      by method: MotifMethod, _ patches: PatchStage, _ description: DescriptionStage, _ layouts: LayoutStage? = nil
    ) throws -> MotifAccount {
      let noise = noise * (patches.brightness?.noiseFactor(at: found.sites) ?? 1)
      let layouts =
        try layouts
        ?? method.layoutStage(of: description.features, rows: description.moments.existing, seed: seed)
      return MotifAccount(
        method: method, patches: patches, description: description, noise: noise, lineJitter: scan?.jitter ?? 0,
        sorting: try method.sortingStage(
          of: description.features, layouts, crystal: crystal, sublattices: sublattices, patches,
          noise: method.descriptor.leastNoiseShare * noise, scan: scan, seed: seed))
    }
    var bright = try sorted(by: self, patches, stage.description, stage.layouts)
    let seen = bright.sorting.structure
    bright.seemsContinuous = seen.kind == .continuous
    // Brightness hides no kinds of columns where two layers make a continuum of them.
    guard classCount == nil, descriptor.keepsPiston, crystal.layers?.isWhole != true else { return bright }
    let isOpen = seen.kind == .continuous || bright.sorting.classes.count == 1
    let even = try evened(patches, leastRatio: isOpen ? Self.leastRatio : Self.largeRatio, crystal, in: prepared) {
      try sorted(by: $0, $1, descriptionStage(of: $1, crystal))
    }
    if var even, even.sorting.classes.count > bright.sorting.classes.count {
      even.seemsContinuous = bright.seemsContinuous
      return even
    }
    guard isOpen else { return bright }
    if descriptor.maxOrder > 0 {
      var plain = self
      plain.descriptor.keepsPiston = false
      var own = stage.description
      own.features = plain.descriptor.features(from: own.moments)
      var account = try sorted(by: plain, patches, own)
      if account.sorting.structure.kind == .discrete, account.sorting.classes.count > 1 {
        account.sorting.choices.append(.brightness(leftOutInsteadOf: seen))
        return account
      }
    }
    guard seen.kind == .continuous, var even else { return bright }
    even.seemsContinuous = true
    return even
  }

  /// The kinds that the sites form with their brightness levelled; nil where it changes by less than a factor, or not slowly, and where there are none.
  private func evened(
    _ patches: PatchStage, leastRatio: Double, _ crystal: CrystalStage, in prepared: Preparation.Prepared,
    sorted: (MotifMethod, PatchStage) throws -> MotifAccount
  ) rethrows -> MotifAccount? {
    guard patches.brightness == nil, crystal.grains != nil, let field = brightness(of: crystal, in: prepared),
      field.ratio > leastRatio, field.steepness < Self.largestSteepness
    else { return nil }
    let even = levelled(patches, by: field, around: crystal, in: prepared)
    var method = self
    method.levelsBrightness = true
    let account = try sorted(method, even)
    return account.sorting.structure.kind == .discrete ? account : nil
  }

  /// How bright columns of one kind are in each place; nil where they share no lattice, which alone says what their kind is, or are too few.
  func brightness(of crystal: CrystalStage, in prepared: Preparation.Prepared) -> BrightnessField? {
    let found = crystal.found
    return BrightnessField(
      of: found.sites, sublattices: Array(crystal.sublattices.prefix(found.sites.count)), width: prepared.image.width,
      height: prepared.image.height)
  }

  /// Patches divided by how bright columns of their kind are around them; the same patches, and a warning, where that is not known.
  func levelled(
    _ patches: PatchStage, by field: BrightnessField?, around crystal: CrystalStage, in prepared: Preparation.Prepared
  ) -> PatchStage {
    var stage = patches
    guard let field else {
      stage.warnings.append(
        "the columns share no lattice that tells their kinds, or are too few, so the brightness of their patches was not levelled"
      )
      return stage
    }
    stage.brightness = field
    stage.patches = Self.patches(
      of: field.levelled(crystal.found.flattened(prepared.image)), around: crystal.sites, side: patches.size,
      measured: prepared.isMeasured, jumps: patches.jumps)
    let ratio = Text.fixed(field.ratio, 2)
    stage.choices.append(
      .init(
        "brightness", "levelled", "columns of one kind are up to \(ratio) times as bright in one place as in another"))
    stage.warnings.append(
      "columns of one kind are up to \(ratio) times as bright in one place as in another, as where the thickness or the illumination "
        + "changes: motifs were sorted as if they were not; heights in the tables are those of the image")
    return stage
  }
}
