import ts from "typescript"; import {readFileSync,writeFileSync,readdirSync} from "node:fs";
const dir=process.argv[2]; let n=0;
for(const f of readdirSync(dir).filter(f=>f.endsWith(".js"))){const s=readFileSync(dir+"/"+f,"utf8"); const sf=ts.createSourceFile(f,s,ts.ScriptTarget.ES2022,false);
 const at=[]; const v=(x)=>{ if(ts.isObjectLiteralExpression(x)&&x.properties.length>1&&ts.isSpreadAssignment(x.properties[0])) at.push(x.properties[0].getStart(sf)); ts.forEachChild(x,v)}; v(sf);
 at.sort((a,b)=>b-a); let o=s; for(const p of at){o=o.slice(0,p)+"...null,"+o.slice(p);n++} if(at.length) writeFileSync(dir+"/"+f,o);} console.log(n);
