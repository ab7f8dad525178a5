#include "CModels.h"

static const unsigned char atoms[] = {
#embed "atoms.tessera-model"
};

tessera_embedded_file tessera_atoms_model(void) { return (tessera_embedded_file){atoms, sizeof atoms}; }
