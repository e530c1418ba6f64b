#include "cli/app.hpp"

int main(int argc, char** argv) {
    beamwright::cli::App app(argc, argv);
    return app.run();
}
