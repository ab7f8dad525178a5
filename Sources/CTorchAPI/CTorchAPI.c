#include "CTorchAPI.h"
