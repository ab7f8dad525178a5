#pragma once
#include <stddef.h>

/// A file that is part of the program.
typedef struct {
  const unsigned char *bytes;
  size_t count;
} tessera_embedded_file;

/// The network that finds atom columns: Sources/CModels/atoms.tessera-model as it was when the program was compiled.
tessera_embedded_file tessera_atoms_model(void);

/// The network that finds nanoparticles: Sources/CModels/particles.tessera-model.
tessera_embedded_file tessera_particles_model(void);

/// The forest that tells classes of nanoparticles: Sources/CModels/defects.tessera-model.
tessera_embedded_file tessera_defects_model(void);
