/// Asks beamwright for the range of a 150 MeV proton beam in water from another program.
#include "jobs/spot.hpp"
#include <iostream>

int main() {
    beamwright::SpotJobRequest request;
    request.energy_MeV = 150;
    request.histories = 2000;
    beamwright::JobContext context;
    auto const answer = beamwright::calculate_spot(request, context);
    std::cout << "R80 = " << answer.json.at("r80_mm") << " mm\n";
    return answer.json.at("r80_mm").get<double>() > 150 ? 0 : 1;
}
