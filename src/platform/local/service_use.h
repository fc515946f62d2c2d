// What the services that the supervisor runs use, asked as `streamgate top` asks.
#pragma once

#include "platform/local/protocol.h"
#include "ports/machine.h"

namespace sg::platform::local {

class ServiceUse final : public ports::UseOfServices {
  public:
    explicit ServiceUse(Layout layout) : layout_(std::move(layout)) {}
    Result<ports::ServiceUse> look() override;

  private:
    Layout layout_;
};

ports::ServiceUse service_use_of(const Json& reply);  // To the verb `usage`.

}  // namespace sg::platform::local
