#include "CModels.h"

static const unsigned char atoms[] = {
#embed "atoms.tessera-model"
};

static const unsigned char particles[] = {
#embed "particles.tessera-model"
};

static const unsigned char defects[] = {
#embed "defects.tessera-model"
};

#define EMBEDDED(array) ((tessera_embedded_file){array, sizeof array})

tessera_embedded_file tessera_atoms_model(void) { return EMBEDDED(atoms); }
tessera_embedded_file tessera_particles_model(void) { return EMBEDDED(particles); }
tessera_embedded_file tessera_defects_model(void) { return EMBEDDED(defects); }
