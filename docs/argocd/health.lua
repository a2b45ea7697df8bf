-- Health of an object of Roster for Argo CD. The same for all six kinds.
-- Argo CD gives a script the libraries base and table, and the object as `obj`.
local status = obj.status or {}

if obj.metadata.deletionTimestamp ~= nil then
  return { status = "Progressing", message = "Being withdrawn" }
end

-- an object that nobody has looked at yet is at generation -1
if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for Roster" }
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function is(name)
  return conditions[name] ~= nil and conditions[name].status == "True"
end

-- the next pass tries it again
if is("Reconciling") then
  return { status = "Progressing", message = conditions.Reconciling.message }
end

-- only a person can end it
if is("Stalled") then
  return { status = "Degraded", message = conditions.Stalled.message }
end

-- a guardrail waits for an approval
if is("Held") then
  return { status = "Suspended", message = conditions.Held.message }
end

local ready = conditions.Ready
if ready == nil then
  return { status = "Progressing", message = "Waiting for Roster" }
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message }
end
if ready.reason == "Suspended" then
  return { status = "Suspended", message = ready.message }
end

-- declared to be observed only, and different
if is("Drifted") then
  return { status = "Degraded", message = ready.message }
end
return { status = "Progressing", message = ready.message }
