/// Writes small valid inputs, from which the fuzz targets start: write_seeds FOLDER
#include "../../dicom/image_builder.hpp"
#include "../../dicom/pet_builder.hpp"
#include "../../dicom/plan_builder.hpp"
#include "../../dicom/structures_builder.hpp"
#include "../../machine/machine_testing.hpp"
#include "casefolder/case_description.hpp"
#include "casefolder/plan_file.hpp"
#include "casefolder/structures_file.hpp"
#include "core/atomic_file.hpp"
#include "support.hpp"
#include "volume/volume_file.hpp"
#include <cstdio>

namespace {

using namespace beamwright;
using namespace beamwright::test;
namespace fs = std::filesystem;

class Seeds {
public:
    explicit Seeds(fs::path folder) : folder_(std::move(folder)) {}
    void add(std::string const& target, std::string const& name, std::string const& bytes) const {
        fs::create_directories(folder_ / target);
        std::ofstream(folder_ / target / ("seed_" + name), std::ios::binary) << bytes;
    }
    void add_in_each_syntax(std::string const& target, DcmDataset const& dataset) const {
        add(target, "explicit", bytes_of(dataset));
        add(target, "implicit", bytes_of(dataset, EXS_LittleEndianImplicit));
        add(target, "deflated", bytes_of(dataset, EXS_DeflatedLittleEndianExplicit));
    }

private:
    fs::path folder_;
};

void add_dicom(Seeds const& seeds) {
    CtBuilder ct;
    ct.columns = 4;
    ct.rows = 3;
    seeds.add_in_each_syntax("fuzz_ct", ct.slice(0));
    PetBuilder pet;
    pet.place.columns = 4;
    pet.place.rows = 3;
    auto image = pet.place.slice(0);
    pet.make_pet(image, 0);
    seeds.add_in_each_syntax("fuzz_pet", image);
    DoseBuilder dose;
    dose.columns = 3;
    dose.rows = 2;
    seeds.add_in_each_syntax("fuzz_dose", dose.dataset());
    auto plan = plan_dataset(2);
    add_range_shifter(beam_of(plan));
    seeds.add_in_each_syntax("fuzz_plan", plan);
    auto structures = structures_dataset();
    add_structure(structures, 0, "BODY", "EXTERNAL");
    add_structure(structures, 1, "CTV");
    for (double const z : {3.0, 6.0, 9.0}) {
        add_box(structures, 0, 5, 90, 5, 70, z);
        add_box(structures, 1, 20, 40, 20, 40, z);
    }
    seeds.add_in_each_syntax("fuzz_structures", structures);
}

void add_case(Seeds const& seeds) {
    CaseDescription description;
    description.label = "head";
    description.overrides = {{"CTV", 40.0, "", {}}, {"BODY", {}, "water", 1.0}};
    description.prescription = Prescription{"CTV", 60};
    description.goals = {{"CTV", "D95", DoseGoal::Unit::Gy, 57.0, {}}};
    seeds.add("fuzz_case", "case", to_json(description).dump());
    Warnings warnings;
    auto const plan = DicomFile::from_bytes(bytes_of(plan_dataset(1)), "plan.dcm", warnings);
    seeds.add("fuzz_case", "plan", plan_to_text(read_ion_plan(plan)));
    auto set = structures_dataset();
    add_structure(set, 0, "CTV");
    add_box(set, 0, 20, 40, 20, 40, 3);
    seeds.add("fuzz_case", "structures", structures_to_text(read_set(set).in.set));
}

/// The first letter chooses the format, see fuzz_volume.cpp.
void add_volumes(Seeds const& seeds) {
    Grid grid;
    grid.size = {3, 2, 2};
    Volume<std::int16_t> whole(grid);
    Volume<float> real(grid);
    int count = 0;
    for (std::string const ending : {".nrrd", ".mha", ".nii", ".nii.gz"}) {
        for (bool const packed : {false, true}) {
            auto const file = scratch() / ("v" + std::to_string(count) + ending);
            if (packed) {
                write_volume(file, real, {{"quantity", "dose"}}, packed);
            } else {
                write_volume(file, whole, {}, packed);
            }
            seeds.add("fuzz_volume", std::to_string(count), std::to_string(count / 2) + read_file(file));
            ++count;
        }
    }
}

void add_texts(Seeds const& seeds) {
    auto const machine = machine_to_json(small_machine()).dump();
    seeds.add("fuzz_machine", "json", machine);
    seeds.add("fuzz_machine", "csv",
              "energy_nominal_MeV,energy_real_MeV,energy_sigma_MeV,protons_per_MU,sigma_x_mm,sigma_y_mm,"
              "div_x_rad,div_y_rad,cor_xx,cor_yy\n70,71.38,1.23,2106924,4.472,3.629,0.0061,0.0056,0.3,0.7\n"
              "80,81.14,1.19,2300976,4.299,3.504,0.0055,0.0050,0.2,0.7\n");
    seeds.add("fuzz_machine", "library",
              "--UPenn beam model (double gaussian)--\n\nNozzle exit to Isocenter distance\n410.0\n\n"
              "SMX to Isocenter distance\n2234.8\nSMY to Isocenter distance\n1859.1\n\nBeam parameters\n"
              "1 energies\n\nNominalEnergy MeanEnergy EnergySpread ProtonsMU Weight1 SpotSize1x Divergence1x "
              "Correlation1x SpotSize1y Divergence1y Correlation1y Weight2 SpotSize2x Divergence2x "
              "Correlation2x SpotSize2y Divergence2y Correlation2y\n100 100.6 0.9 1e8 1 4 0.003 0.4 4 0.003 "
              "0.4 0 4 0.003 0.4 4 0.003 0.4\n");
    for (auto const& entry : fs::directory_iterator(source_dir() / "data" / "captures")) {
        seeds.add("fuzz_case", entry.path().stem().string(), read_file(entry.path()));
    }
    for (auto const& entry : fs::directory_iterator(source_dir() / "data" / "ports")) {
        seeds.add("fuzz_port", entry.path().stem().string(), read_file(entry.path()));
    }
    for (auto const& entry : fs::directory_iterator(source_dir() / "data" / "calibrations")) {
        seeds.add("fuzz_calibration", entry.path().stem().string(), read_file(entry.path()));
    }
    seeds.add("fuzz_calibration", "curve", "HU,density_g_per_cm3\n-1000,0.0012\n0,1\n1500,1.85\n");
    seeds.add("fuzz_calibration", "two_files", "-1000 0.0012\n0 1.0\n3000 2.8\n\f-1000 1\n-900 17\n");
}

} // namespace

int main(int arguments, char** argument) {
    if (arguments != 2) {
        std::fputs("usage: write_seeds FOLDER\n", stderr);
        return 2;
    }
    Seeds const seeds(argument[1]);
    add_dicom(seeds);
    add_case(seeds);
    add_volumes(seeds);
    add_texts(seeds);
    return 0;
}
