/// Do the structures and the plan belong to this CT? Checked before anything is calculated with them.
#pragma once
#include "dicom/ct_in.hpp"
#include "dicom/structures_in.hpp"
#include "machine/treatment/plan.hpp"
#include <string>

namespace beamwright {

struct FitOptions {
    /// A frame of reference (or image series) UID that differs from the CT's and is accepted all the same.
    std::string accept_frame;
    bool crop_structures = false; ///< a structure may reach outside the CT by any share; that part is cut off
};

/// Frame of reference and series must be the CT's; contours must be flat across an axis of the CT within 1 %
/// of the spacing; less than 1 % of a structure's volume may lie outside the CT (warned; masks end at the
/// CT). \throws Refusal naming the structure
void check_structures_fit_ct(StructuresIn const& structures, CtSeries const& ct, FitOptions const& options,
                             Warnings& warnings);

/// Frame of reference must be the CT's; another patient id, structure set or patient position, and an
/// isocenter outside the CT, are warned of. Returns the plan, with the CT's patient position where the plan
/// has none. `structures` may be null.
Plan fitted_to_ct(Plan plan, PatientStudy const& plan_patient, CtSeries const& ct,
                  StructuresIn const* structures, FitOptions const& options, Warnings& warnings);

/// Share (0 to 1) of the volume of a structure that lies outside a grid whose axis `axis` its contours are
/// flat across.
double share_outside(Structure const& structure, Grid const& grid, int axis);

} // namespace beamwright
